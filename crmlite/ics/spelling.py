"""How values, parameters and long lines are spelled in calendar text (RFC 5545 3.1 and 3.3.11, RFC 6868)."""

import re

FOLD_OCTETS = 75
CARET = {"^n": "\n", "^N": "\n", "^'": '"', "^^": "^"}
ESCAPES = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}


def unescaped(value: str) -> str:
    if "\\" not in value:
        return value
    return re.sub(
        r"\\(.)", lambda found: "\n" if found.group(1) in "nN" else found.group(1), value, flags=re.DOTALL
    )


def escaped(text: str) -> str:
    return re.sub(r"[\\;,\n]", lambda found: ESCAPES[found.group()], re.sub(r"\r\n?", "\n", text))


def split_values(value: str) -> list[str]:
    """The values of a list property; a comma behind a backslash does not separate."""
    pieces = (
        value.split(",") if "\\" not in value else re.findall(r"(?:[^\\,]|\\.?)+", value, flags=re.DOTALL)
    )
    return [piece for piece in pieces if piece.strip()]


def split_outside_quotes(text: str, separator: str) -> list[str]:
    if '"' not in text:
        return text.split(separator)
    pieces, start, inside = [], 0, False
    for position, letter in enumerate(text):
        if letter == '"':
            inside = not inside
        elif letter == separator and not inside:
            pieces.append(text[start:position])
            start = position + 1
    return [*pieces, text[start:]]


def caret_decoded(text: str) -> str:
    return re.sub(r"\^[nN'^]", lambda found: CARET[found.group()], text) if "^" in text else text


def quoted(text: str) -> str:
    """A parameter value as RFC 6868 writes it."""
    text = re.sub(r"\r\n?", "\n", text).replace("^", "^^").replace("\n", "^n").replace('"', "^'")
    return f'"{text}"' if re.search(r"[;:,]", text) else text


def folded(text: str, eol: str) -> str:
    """Folded at 75 octets, never inside a character."""
    if text.isascii():
        cuts = [text[:FOLD_OCTETS]]
        cuts += [text[i : i + FOLD_OCTETS - 1] for i in range(FOLD_OCTETS, len(text), FOLD_OCTETS - 1)]
        return f"{eol} ".join(cuts) + eol
    pieces, size, start = [], 0, 0
    for position, letter in enumerate(text):
        width = len(letter.encode("utf-8", "surrogatepass"))
        if size + width > FOLD_OCTETS:
            pieces.append(text[start:position])
            start, size = position, 1
        size += width
    return f"{eol} ".join([*pieces, text[start:]]) + eol


def line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text or "\n" not in text else "\n"
