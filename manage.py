#!/usr/bin/env python
"""The portal's commands. The kind of command picks the login: only what changes tables runs as the owner."""

import os
import sys

OWNER = {"migrate", "makemigrations", "test", "sqlmigrate", "showmigrations", "check", "shell", "dbshell", "flush"}

if __name__ == "__main__":
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    os.environ.setdefault("PORTAL_PROCESS", "owner" if command in OWNER else "worker")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
