"""Whether a mail comes from the domain that its From header names, as the server that received it says: pure.

The server writes its verdict into the header Authentication-Results (RFC 8601); a provider hands its own along. A header of
that name may be forged as any other, so only the topmost one of a server that settings name counts, and that server must
remove such headers from what it receives (RFC 8601, section 5). What is not understood is no verdict.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

PASS, FAIL, NONE = "pass", "fail", ""
#: Longer ones no server writes.
MOST_LETTERS = 4_000
QUOTED, COMMENT = re.compile(r'"(?:[^"\\]|\\.)*"'), re.compile(r"\([^()]*\)")
RESULT = re.compile(r"\s*([a-z0-9-]+)\s*=\s*([a-z]+)", re.IGNORECASE)
PROPERTY = re.compile(r"\b(smtp|header)\.([a-z-]+)\s*=\s*([^\s;]+)", re.IGNORECASE)
#: SendGrid's field of signatures: {@example.com : pass}.
OF_SENDGRID = re.compile(r"@([\w.-]+)\s*:\s*(\w+)")


@dataclass(frozen=True)
class Verdict:
    """word: PASS: proved; FAIL: said to be forged; NONE: neither, or nobody said. because: what was said, for staff."""

    word: str = NONE
    because: str = ""


def _verdict(proved: bool, refuted: bool, because: str) -> Verdict:
    return Verdict(PASS if proved else FAIL if refuted else NONE, because)


def _domain(address: str) -> str:
    return address.strip(" <>.").rpartition("@")[2].lower()


def aligned(found: str, claimed: str) -> bool:
    """Whether what was proved for one domain speaks for another: itself, or a parent of it that is no whole suffix."""
    found, claimed = _domain(found), _domain(claimed)
    return bool(found) and (found == claimed or ("." in found and claimed.endswith("." + found)))


def of_results(headers: Iterable[str], servers: Iterable[str], sender: str) -> Verdict:
    """The verdict of the receiving server.

    headers: values of Authentication-Results, topmost first; servers: identifiers (authserv-id) that are believed; sender:
    the address of the From header.
    """
    believed = {one.lower() for one in servers}
    for value in headers:
        text = QUOTED.sub('""', value[:MOST_LETTERS])
        while (shorter := COMMENT.sub(" ", text)) != text:
            text = shorter
        server, _, rest = text.partition(";")
        if (server.split() or [""])[0].lower() in believed:
            return _judged(rest.split(";"), sender)
    return Verdict()


def _judged(parts: list[str], sender: str) -> Verdict:
    proved, refuted, said = False, False, []
    for part in parts:
        found = RESULT.match(part)
        if found is None:
            continue
        method, result = found[1].lower(), found[2].lower()
        held = {f"{kind}.{name}".lower(): value for kind, name, value in PROPERTY.findall(part)}
        of = {
            "dmarc": held.get("header.from", ""),
            "dkim": held.get("header.d") or held.get("header.i", ""),
            "spf": held.get("smtp.mailfrom", ""),
        }.get(method)
        if of is None:
            continue
        said.append(f"{method}={result} {of}".strip())
        if method == "dmarc" and result == "fail":
            return Verdict(FAIL, ", ".join(said))
        refuted |= method == "spf" and result == "fail" and aligned(of, sender)
        proved |= result == "pass" and (_domain(of) == _domain(sender) if method == "dmarc" else aligned(of, sender))
    return _verdict(proved, refuted, ", ".join(said))


def of_sendgrid(fields: Mapping[str, str], envelope: str | None, sender: str) -> Verdict:
    """By the fields `dkim` and `SPF` that SendGrid's inbound parse sends beside the mail."""
    signed, spf = fields.get("dkim", ""), fields.get("SPF", "")
    if not signed and not spf:
        return Verdict()
    proved = any(word.lower() == "pass" and aligned(domain, sender) for domain, word in OF_SENDGRID.findall(signed))
    proved |= spf.lower() == "pass" and aligned(envelope or "", sender)
    return _verdict(proved, spf.lower() == "fail", f"dkim {signed}, spf {spf} {envelope or ''}")


def _only(headers: Mapping[str, list[str]], name: str) -> str:
    """The value of a header that stands once; of two, one is the sender's, and nobody says which."""
    values = headers.get(name, [])
    return values[0] if len(values) == 1 else ""


def of_postmark(headers: Mapping[str, list[str]], envelope: str | None, sender: str) -> Verdict:
    """By the headers that Postmark puts above those of the mail: X-Spam-Tests (SpamAssassin's DKIM_VALID_AU: signed by the
    sender's own domain) and Received-SPF, which begins with its result; what else stands in that, the sender may have written.

    headers: values by lower-cased name; envelope: the address of the envelope as Postmark hands it along, for SPF is of that.
    """
    tests, spf = _only(headers, "x-spam-tests"), _only(headers, "received-spf")
    if not tests and not spf:
        return Verdict()
    proved = "DKIM_VALID_AU" in re.split(r"[,\s]+", tests)
    proved |= spf.lower().startswith("pass") and aligned(envelope or "", sender)
    return _verdict(proved, spf.lower().startswith("fail"), f"{tests}; {spf}")


def of_mailgun(headers: Mapping[str, list[str]], envelope: str | None, sender: str) -> Verdict:
    """By the headers that Mailgun adds where its spam filter is on; where it is off they are the sender's own, and nobody may
    ask. That a signature is good says nothing of whose it is, so each must be of the sender's domain."""
    signed, spf = _only(headers, "x-mailgun-dkim-check-result"), _only(headers, "x-mailgun-spf")
    if not signed and not spf:
        return Verdict()
    domains = [
        found[1] if (found := re.search(r"\bd=([\w.-]+)", one)) else "" for one in headers.get("dkim-signature", [])
    ]
    proved = signed.lower() == "pass" and bool(domains) and all(aligned(one, sender) for one in domains)
    proved |= spf.lower() == "pass" and aligned(envelope or "", sender)
    return _verdict(proved, spf.lower() == "fail", f"dkim {signed} {' '.join(domains)}, spf {spf} {envelope or ''}")
