"""The two SMS clouds on this machine: they check the signature as their documents say, and then behave.

Written from the documents alone and from the server's side: what was received is put in order again.
"""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from arrears.channels.cloud import Registered
from arrears.channels.rehearsal import FarEnd
from arrears.channels.sms_aliyun.settings import AliyunSettings
from arrears.channels.sms_aliyun.transport import AliyunTransport
from arrears.channels.sms_tencent.settings import TencentSettings
from arrears.channels.sms_tencent.transport import TencentTransport
from tests.unit.channels.far_ends import Gateway, GatewayServer, running

ID, SECRET, SIGN = "AKID-test", "not a secret", "某某银行"
REFUSED = {
    "aliyun": "isv.MOBILE_NUMBER_ILLEGAL",
    "tencent": "InvalidParameterValue.IncorrectPhoneNumber",
}
BUSY = {"aliyun": "Throttling.User", "tencent": "RequestLimitExceeded"}


def registered(kind: str, text: str) -> Registered:
    """A text as the cloud has it, with the variables of this one: {amount} and {date}, in this order."""
    names = re.findall(r"\{(\w+)\}", text)
    for n, name in enumerate(names, start=1):
        text = text.replace(f"{{{name}}}", f"${{{name}}}" if kind == "aliyun" else f"{{{n}}}")
    return Registered("100", text)


def transport(kind: str, url: str, *texts: Registered, secret: str = SECRET, **patience: Any):
    """A transport of that cloud with these registered texts."""
    told = {"sign_name": SIGN, "templates": texts, "url": url, **patience}
    if kind == "aliyun":
        return AliyunTransport(AliyunSettings(access_key_id=ID, access_key_secret=secret, **told))
    return TencentTransport(TencentSettings(secret_id=ID, secret_key=secret, app_id="1400", **told))


def _sha(text: str | bytes) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def _aliyun_signature(method, target, headers, body):
    """What the Authorization must be; ACS3-HMAC-SHA256."""
    parts = urlsplit(target)
    pairs = sorted(parse_qsl(parts.query, keep_blank_values=True))
    query = "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in pairs)
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    names = sorted(n for n in lower if n.startswith("x-acs-") or n in ("host", "content-type"))
    lines = "".join(f"{name}:{lower[name]}\n" for name in names)
    whole = f"{method}\n{parts.path}\n{query}\n{lines}\n{';'.join(names)}\n{_sha(body)}"
    assert lower["x-acs-content-sha256"] == _sha(body)
    made = hmac.new(SECRET.encode(), f"ACS3-HMAC-SHA256\n{_sha(whole)}".encode(), "sha256")
    names = ";".join(names)
    return f"ACS3-HMAC-SHA256 Credential={ID},SignedHeaders={names},Signature={made.hexdigest()}"


def _tencent_signature(method, target, headers, body):
    """What the Authorization must be; TC3-HMAC-SHA256."""
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    lines = f"content-type:{lower['content-type']}\nhost:{lower['host']}\n"
    whole = f"{method}\n{target}\n\n{lines}\ncontent-type;host\n{_sha(body)}"
    seconds = int(lower["x-tc-timestamp"])
    day = time.strftime("%Y-%m-%d", time.gmtime(seconds))
    scope = f"{day}/sms/tc3_request"
    key = ("TC3" + SECRET).encode()
    for step in scope.split("/"):
        key = hmac.new(key, step.encode(), "sha256").digest()
    told = f"TC3-HMAC-SHA256\n{seconds}\n{scope}\n{_sha(whole)}"
    signature = hmac.new(key, told.encode(), "sha256").hexdigest()
    names = "content-type;host"
    return f"TC3-HMAC-SHA256 Credential={ID}/{scope}, SignedHeaders={names}, Signature={signature}"


class _Cloud(Gateway):
    """One request to a cloud; a text is taken when its signature is right, before it is answered."""

    server: "_CloudServer"

    def do_POST(self) -> None:  # noqa: N802 - as http.server calls it
        kind = self.server.kind
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        sign = _aliyun_signature if kind == "aliyun" else _tencent_signature
        right = sign("POST", self.path, self.headers, body)
        if not hmac.compare_digest(right, self.headers.get("Authorization", "")):
            code = "SignatureDoesNotMatch" if kind == "aliyun" else "AuthFailure.SignatureFailure"
            self.server.answer = (400, said(kind, code, whole=True))
            self.settle({})
            return
        told = dict(parse_qsl(urlsplit(self.path).query)) if kind == "aliyun" else json.loads(body)
        self.settle(self.server.meant(told))


class _CloudServer(GatewayServer):
    handler = _Cloud

    def __init__(self, kind: str, far_end: FarEnd, answer: tuple[int, str] | None) -> None:
        answers = {
            FarEnd.ACCEPTS: (200, said(kind, "OK" if kind == "aliyun" else "Ok")),
            FarEnd.ANSWERS_LATE: (200, said(kind, "OK" if kind == "aliyun" else "Ok")),
            FarEnd.REFUSES: (400, said(kind, REFUSED[kind])),
            FarEnd.REFUSES_FOR_NOW: (429, said(kind, BUSY[kind], whole=True)),
            FarEnd.TAKES_AND_MUMBLES: (200, '{"Code": 7, "Response": ["?"]}'),
        }
        super().__init__(far_end, answer or answers.get(far_end, (0, "")))
        self.kind = kind
        self.texts: dict[str, str] = {}

    def meant(self, told):
        """To whom, and the text that the borrower reads."""
        if self.kind == "aliyun":
            text = self.texts[told["TemplateCode"]]
            for name, value in json.loads(told["TemplateParam"]).items():
                text = text.replace(f"${{{name}}}", value)
            return {"to": f"+86{told['PhoneNumbers']}", "text": f"【{told['SignName']}】{text}"}
        text = self.texts[told["TemplateId"]]
        for n, value in enumerate(told["TemplateParamSet"], start=1):
            text = text.replace(f"{{{n}}}", value)
        return {"to": told["PhoneNumberSet"][0], "text": f"【{told['SignName']}】{text}"}


def said(kind: str, code: str, *, whole: bool = False) -> str:
    """The cloud's answer. `whole`: about the request, and not about its one number."""
    if kind == "aliyun":
        return json.dumps({"Code": code, "Message": "so it is", "BizId": "9006^0"})
    if whole:
        return json.dumps({"Response": {"Error": {"Code": code, "Message": "so it is"}}})
    one = {"Code": code, "Message": "so it is", "SerialNo": "2640:1", "Fee": 1}
    return json.dumps({"Response": {"SendStatusSet": [one]}})


@contextmanager
def cloud(
    kind: str, far_end: FarEnd = FarEnd.ACCEPTS, *, answer: tuple[int, str] | None = None
) -> Iterator[_CloudServer]:
    """A cloud that behaves so, or gives this answer to everything."""
    with running(_CloudServer(kind, far_end, answer)) as server:
        yield server
