"""A cloud gets signed requests that its own library would make, and sends the approved text or none."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.channels.cloud import Registered, Signed
from arrears.channels.sms_aliyun import request as aliyun
from arrears.channels.sms_aliyun.settings import AliyunSettings
from arrears.channels.sms_tencent import request as tencent
from arrears.channels.sms_tencent.settings import TencentSettings
from arrears.channels.transport import Doubtful, Message, NotSent, Reason, SettingsWrong
from tests.unit.channels.clouds import cloud, registered, said, transport

sockets = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TEXT = "【某某银行】您好，您应还 1,234.50 元（截至 2026-11-20）。"
WORDS = "您好，您应还 {amount} 元（截至 {as_of}）。"
MESSAGE = Message("+86 138-0013-8000", "", TEXT, "zh-CN", at=AT)
KINDS = ["aliyun", "tencent"]
ALIYUN = AliyunSettings(
    access_key_id="AKID-test",
    access_key_secret="not a secret",
    sign_name="某某银行",
    templates=(registered("aliyun", WORDS),),
)
TENCENT = TencentSettings(
    secret_id="AKID-test",
    secret_key="not a secret",
    app_id="1400006666",
    sign_name="某某银行",
    templates=(registered("tencent", WORDS),),
)


# ---- the signatures: what the clouds' own libraries make of the same request -------------------------
def test_the_worked_example_of_the_aliyun_documents(monkeypatch):
    """Source: "V3 request structure and signature", whose example asks another service."""
    monkeypatch.setattr(aliyun, "VERSION", "2014-05-26")
    query = {
        "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
        "RegionId": "cn-shanghai",
    }
    made = aliyun.signed(
        "RunInstances",
        query,
        nonce="3156853299f313e23d1673dc12e1703d",
        at=datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
        settings=replace(
            ALIYUN,
            access_key_id="YourAccessKeyId",
            access_key_secret="YourAccessKeySecret",
            url="https://ecs.cn-shanghai.aliyuncs.com/",
        ),
    )
    assert made.headers["Authorization"].endswith(
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_an_aliyun_request_is_signed_as_its_library_signs_it():
    """Source: alibabacloud-openapi-util 0.2.4, get_authorization, run once on this request."""
    made = aliyun.asked(
        MESSAGE, key="c-2026_17", settings=replace(ALIYUN, templates=(_code(ALIYUN, "SMS_1"),))
    )
    assert made.headers["Authorization"].endswith(
        "Signature=f8b316d9f5fcb327dbbc3d08106c33791f71b9171a19401ab1a6cd2c29d89728"
    )
    assert "PhoneNumbers=13800138000&" in made.target


def test_a_tencent_request_is_signed_as_its_library_signs_it():
    """Source: tencentcloud-sdk-python-sms 3.1.153, run once on this request."""
    made = tencent.asked(
        MESSAGE, key="c-2026_17", settings=replace(TENCENT, templates=(_code(TENCENT, "1234"),))
    )
    assert made.headers["Authorization"].endswith(
        "Signature=04f95b30bea5c83efaa6f04a453161525c4be8f1f01efbc1fe0785c14caf978e"
    )


def _code(settings, code):
    return Registered(code, settings.templates[0].text)


@pytest.mark.parametrize("asked", [(aliyun.asked, ALIYUN), (tencent.asked, TENCENT)])
def test_the_same_message_and_key_give_the_same_bytes_and_no_secret_is_in_them(asked):
    made, settings = asked
    one = made(MESSAGE, key="k1", settings=settings)
    assert one == made(MESSAGE, key="k1", settings=settings)
    assert "not a secret" not in repr(one) + repr(settings)
    with pytest.raises(ValueError, match="moment"):
        made(replace(MESSAGE, at=None), key="k1", settings=settings)


# ---- registered texts -------------------------------------------------------------------------------
def signed(*texts):
    return Signed(
        "某某银行",
        [Registered(str(n), text) for n, text in enumerate(texts)],
        AliyunSettings.VARIABLE,
    )


def filled(registered_text, text):
    return signed(registered_text).filled(f"【某某银行】{text}").values


@pytest.mark.parametrize(
    ("text", "made", "values"),
    [
        ("请还款", "请还款", {}),
        ("${a}元", "5元", {"a": "5"}),
        ("应还${a}元", "应还5元", {"a": "5"}),
        ("应还${a}", "应还5元", {"a": "5元"}),
        ("${a}元${b}", "5元6元", {"a": "5", "b": "6元"}),
        ("${a}元，${b}元", "5元，6元", {"a": "5", "b": "6"}),
        ("${a}元，${a}元", "5元，5元", {"a": "5"}),
    ],
)
def test_the_values_are_those_that_make_the_text(text, made, values):
    assert filled(text, made) == values


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("请还款", "请还款。"),
        ("${a}元", "5圆"),
        ("应还${a}元", "应还元"),  # an empty value is refused by the clouds
        ("${a}元，${a}元", "5元，6元"),
        ("应还${a}元。", "您应还5元。"),
        ("应还${a}元，${b}元", "应还5元"),
        ("元${a}元", "元"),
    ],
)
def test_what_no_registered_text_makes_is_not_sent(text, made):
    with pytest.raises(NotSent) as error:
        filled(text, made)
    assert (error.value.reason, error.value.permanent) == (Reason.CONTENT, True)
    assert made not in str(error.value)


def test_a_text_with_another_signature_or_none_is_not_sent():
    for text in ("请还款", "【另一银行】请还款", "【某某银行】"):
        with pytest.raises(NotSent):
            signed("请还款").filled(text)


def test_the_first_registered_text_that_makes_it_is_taken():
    texts = signed("应还${a}元", "应还${a}元（截至${b}）")
    assert texts.filled("【某某银行】应还5元（截至今日）").code == "1"
    assert texts.filled("【某某银行】应还5元").code == "0"


pieces = st.text(alphabet="元，a$", min_size=1, max_size=3)


@given(st.lists(st.tuples(pieces, pieces), min_size=1, max_size=5), st.text("元，a", max_size=3))
def test_whatever_is_filled_in_is_found_again_or_makes_the_same_text(pairs, end):
    text = "".join(f"{words}${{v{n}}}" for n, (words, _) in enumerate(pairs)) + end
    made = "".join(words + value for words, value in pairs) + end
    values = filled(text, made)
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    assert text == made


@pytest.mark.parametrize(
    ("sign_name", "texts", "because"),
    [
        ("【某某银行】", ("请还款",), "signature"),
        ("", ("请还款",), "signature"),
        ("某某银行", (), "No text is registered"),
        ("某某银行", ("",), "cannot be taken apart"),
        ("某某银行", ("${a}${b}",), "cannot be taken apart"),
    ],
)
def test_texts_that_cannot_be_used_are_told(sign_name, texts, because):
    rows = tuple(Registered("100", text) for text in texts)
    with pytest.raises(SettingsWrong, match=because) as error:
        replace(ALIYUN, sign_name=sign_name, templates=rows)
    assert error.value.hint


# ---- numbers ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("to", "asked"),
    [
        ("13800138000", "13800138000"),
        ("0086 138 0013 8000", "13800138000"),
        ("+86-13800138000", "13800138000"),
        ("+852 9123 4567", "85291234567"),
    ],
)
def test_a_mobile_number_goes_out_as_the_clouds_write_it(to, asked):
    told = aliyun.asked(replace(MESSAGE, to=to), key="k1", settings=ALIYUN)
    assert f"PhoneNumbers={asked}&" in told.target
    plus = "+86" if asked.startswith("138") else "+"
    assert tencent.asked(replace(MESSAGE, to=to), key="k1", settings=TENCENT).to == plus + asked


@pytest.mark.parametrize("to", ["95588", "057188888888", "+8695588", "", "1380013800", "x" * 11])
@pytest.mark.parametrize("asked", [(aliyun.asked, ALIYUN), (tencent.asked, TENCENT)])
def test_a_short_code_and_a_landline_take_no_text(to, asked):
    made, settings = asked
    with pytest.raises(NotSent) as error:
        made(replace(MESSAGE, to=to), key="k1", settings=settings)
    assert (error.value.reason, error.value.permanent) == (Reason.ADDRESS, True)


# ---- answers ----------------------------------------------------------------------------------------
class TestAnswers:
    pytestmark = sockets

    def outcome(self, kind, answer=None, **settings):
        text = registered(kind, WORDS)
        with cloud(kind, answer=answer) as far:
            far.texts[text.code] = text.text
            url = f"http://127.0.0.1:{far.server_address[1]}/"
            try:
                receipt = transport(kind, url, text, **settings).send(MESSAGE, key="k1")
            except NotSent as error:
                return f"{error.reason} {'for good' if error.permanent else 'for now'}", far.taken
            except Doubtful as error:
                return f"doubtful {error.reason}", far.taken
            return receipt, far.taken

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_request_with_another_secret_is_refused_and_not_sent(self, kind):
        assert self.outcome(kind, secret="another") == ("login for now", [])

    @pytest.mark.parametrize("kind", KINDS)
    def test_the_cloud_sends_what_was_approved(self, kind):
        receipt, taken = self.outcome(kind)
        assert taken == [{"to": "+8613800138000", "text": TEXT}]
        assert receipt.parts == 1
        assert receipt.gateway_id.startswith("k1 ")

    @pytest.mark.parametrize(
        ("kind", "status", "code", "means"),
        [
            ("aliyun", 400, "SignatureNonceUsed", "doubtful unclear"),
            ("aliyun", 200, "isp.SYSTEM_ERROR", "doubtful unclear"),
            ("aliyun", 200, "isv.SMS_TEMPLATE_ILLEGAL", "content for good"),
            ("aliyun", 200, "isv.BUSINESS_LIMIT_CONTROL", "refused for now"),
            ("aliyun", 200, "isv.AMOUNT_NOT_ENOUGH", "login for now"),
            ("aliyun", 200, "isv.SOMETHING_NEW", "refused for now"),
            ("aliyun", 503, "ServiceUnavailable", "doubtful unclear"),
            ("aliyun", 301, "", "login for now"),
            ("tencent", 200, "InternalError.Timeout", "doubtful unclear"),
            ("tencent", 200, "LimitExceeded.PhoneNumberDailyLimit", "refused for now"),
            ("tencent", 200, "FailedOperation.ContainSensitiveWord", "content for good"),
            ("tencent", 200, "FailedOperation.InsufficientBalanceInSmsPackage", "login for now"),
            ("tencent", 502, "BadGateway", "doubtful unclear"),
        ],
    )
    def test_a_code_means_what_the_documents_say(self, kind, status, code, means):
        assert self.outcome(kind, (status, said(kind, code)))[0] == means

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("words", ["", "[]", "{", '{"Response": {"SendStatusSet": [1]}}', "OK"])
    def test_an_answer_that_says_nothing_is_doubtful(self, kind, words):
        assert self.outcome(kind, (200, words))[0] == "doubtful unclear"

    def test_two_answers_for_one_number_are_no_answer(self):
        words = '{"Response": {"SendStatusSet": [{"Code": "Ok"}, {"Code": "Ok"}]}}'
        assert self.outcome("tencent", (200, words))[0] == "doubtful unclear"
