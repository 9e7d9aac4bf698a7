"""The scan for harmful content: by a clamd of one's own where settings name one, else none, and that is said.

The protocol (INSTREAM) is twenty lines; the clients on PyPI have not been kept since 2014.
"""

import socket
import struct
from typing import BinaryIO
from urllib.parse import SplitResult

from documents.kinds import Refused

PIECE = 2**16
SECONDS = 60
UNREACHABLE = "The file could not be scanned just now, so it was not taken. Try again in a few minutes."


def scan(file: BinaryIO, address: SplitResult) -> None:
    """Send a file to clamd and wait for its word. address: tcp://host:port or unix:///path.

    Raises Refused where it finds something, and where it gives no word: what was to be scanned is not kept unscanned.
    """
    file.seek(0)
    try:
        with _connected(address) as clamd:
            clamd.sendall(b"zINSTREAM\0")
            while piece := file.read(PIECE):
                clamd.sendall(struct.pack("!I", len(piece)) + piece)
            clamd.sendall(struct.pack("!I", 0))
            answer = _answer(clamd)
    except OSError as error:
        raise Refused(UNREACHABLE) from error
    if answer.endswith(b"FOUND"):
        raise Refused("The scan found something harmful in the file.")
    if answer != b"stream: OK":
        raise Refused(UNREACHABLE)


def _connected(address: SplitResult) -> socket.socket:
    if address.scheme == "unix":
        clamd = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        clamd.settimeout(SECONDS)
        try:
            clamd.connect(address.path)
        except OSError:
            clamd.close()
            raise
        return clamd
    return socket.create_connection((address.hostname or "", address.port or 3310), timeout=SECONDS)


def _answer(clamd: socket.socket) -> bytes:
    answer = b""
    while piece := clamd.recv(4096):
        answer += piece
        if b"\0" in answer or len(answer) > 4096:
            break
    return answer.rstrip(b"\0\n ")
