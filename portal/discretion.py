"""What no log may hold: an address that carries a secret is that secret."""

import logging
import re

SECRET = re.compile(r"/(feeds|invitations|unsubscribe|sign-in/forgotten)/[^/\s?\"']+")


def _kept(value: object) -> object:
    return SECRET.sub(r"/\1/…", value) if isinstance(value, str) else value


class KeepsSecrets(logging.Filter):
    """Takes secrets out of the lines of a handler, for example out of Django's own on a page not found."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _kept(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(_kept(value) for value in record.args)
        return True
