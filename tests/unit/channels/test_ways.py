"""channels.toml: what it means, every mistake in it at once, and no secret in any of them."""

import pytest

from arrears.channels.cloud import Registered
from arrears.channels.email.transport import EmailTransport
from arrears.channels.local.transport import LocalTransport
from arrears.channels.sms.transport import SmsTransport
from arrears.channels.sms_aliyun.transport import AliyunTransport
from arrears.channels.sms_tencent.transport import TencentTransport
from arrears.channels.ways import ChannelsWrong, ways_out

SECRET = "Geheim-7-plum"
EMAIL = '[email]\nhost = "relay.bank.test"\nfrom_address = "notice@bank.test"\n'
SMS = '[sms]\nurl = "https://gateway.bank.test/sendsms"\nuser = "arrears"\n'


@pytest.fixture
def read(tmp_path):
    """What a text in the file means, with a secret in the environment."""

    def ways(text, **environ):
        (tmp_path / "channels.toml").write_text(text, encoding="utf-8")
        return ways_out(tmp_path / "channels.toml", {"PASSWORD": SECRET, **environ})

    return ways


def wrong(read, text):
    """What is wrong by place; and nobody was told the secret."""
    with pytest.raises(ChannelsWrong) as error:
        read(text)
    told = str(error.value) + repr(error.value.findings)
    assert SECRET not in told
    return {f.subject: (f.because, f.source) for f in error.value.findings}


def test_without_a_file_or_a_table_there_is_no_channel(read, tmp_path):
    assert ways_out(tmp_path / "channels.toml", {}) == {}
    assert read("# none yet\n") == {}


def test_a_table_is_a_channel_and_its_password_comes_from_the_environment(read):
    ways = read(EMAIL + 'user = "arrears"\npassword_env = "PASSWORD"\n' + SMS + 'password = "x"\n')
    mail, text = ways["email"], ways["sms"]
    assert isinstance(mail, EmailTransport)
    assert isinstance(text, SmsTransport)
    assert (mail.settings.host, mail.settings.password) == ("relay.bank.test", SECRET)
    assert SECRET not in repr(mail.settings)


def test_local_stands_in_for_a_channel(read):
    ways = read("[sms]\nlocal = true\n[email]\nlocal = true\n")
    assert {name: type(way) for name, way in ways.items()} == dict.fromkeys(
        ("sms", "email"), LocalTransport
    )
    assert [way.channel for way in ways.values()] == ["sms", "email"]


def test_every_mistake_is_named_at_once_with_its_line_and_its_mend(read):
    text = EMAIL + f'hots = "x"\nport = "25"\ntls = "ssl"\npasword = "{SECRET}"\n'
    found = wrong(read, text + "[smss]\nx = 1\n[sms]\nuser = 7\npassword_env = 'NOBODY'\n")
    assert found["[email] hots"][0].startswith("There is no such setting; known are host, from_")
    assert found["[email] hots"][0].endswith("Was host meant?")
    assert found["[email] hots"][1] == "channels.toml, line 4"
    assert found["[email] port"] == (
        "Is a number above zero, without quotes",
        "channels.toml, line 5",
    )
    assert found["[email] tls"][0] == "Is one of none, starttls, tls"
    assert found["[email] pasword"][0].endswith("Was password meant?")
    assert found["[smss]"] == (
        "There is no such channel; known are email, letter, push, sms. Was sms meant?",
        "channels.toml, line 8",
    )
    assert found["[sms] url"] == ("Is needed", "channels.toml, line 10")
    assert found["[sms] user"][0] == "Is a text, in quotes"
    assert found["[sms] password_env"][0] == (
        "The environment has no variable NOBODY, or it is empty"
    )
    assert len(found) == 8


def test_what_the_settings_themselves_refuse_is_a_finding_too(read):
    found = wrong(read, EMAIL + f'user = "a"\npassword = "{SECRET}"\ntls = "none"\n')
    assert "would go over the network" in found["[email]"][0]
    assert found["[email]"][1] == "channels.toml, line 1"


@pytest.mark.parametrize(
    ("text", "place", "because"),
    [
        (EMAIL + "local = true\n", "[email] host", "A local channel lets nothing out"),
        ("[sms]\nlocal = 'yes'\n", "[sms] local", "local is true, or left out"),
        ("sms = 'x'\n", "[sms]", "A channel is a table: write [sms]"),
        (
            SMS + "password = 'x'\npassword_env = 'PASSWORD'\n",
            "[sms] password_env",
            "password is given twice",
        ),
        (SMS + "password_env = 7\n", "[sms] password_env", "Names a variable"),
        (SMS + "password = 'x'\nunencrypted = 1\n", "[sms] unencrypted", "Is true or false"),
        (SMS + "password = 'x'\ntimeout_s = true\n", "[sms] timeout_s", "Is a number above zero"),
        (EMAIL + "port = 25.5\n", "[email] port", "Is a number above zero"),
    ],
)
def test_a_mistake_is_told_as_what_to_write_instead(read, text, place, because):
    assert wrong(read, text)[place][0].startswith(because)


def test_a_text_that_is_no_toml_is_refused_with_its_line_and_without_its_words(read):
    with pytest.raises(ChannelsWrong) as error:
        read(EMAIL + f"password = {SECRET}\n")
    assert "line 4" in str(error.value)
    assert SECRET not in str(error.value)
    assert error.value.__cause__ is None


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "channels.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ChannelsWrong, match="cannot be read"):
        ways_out(tmp_path / "channels.toml", {})


# ---- through whom -----------------------------------------------------------------------------------
CLOUD = """
[sms]
by = "aliyun"
access_key_id = "AKID"
access_key_secret_env = "PASSWORD"
sign_name = "某某银行"
[[sms.templates]]
code = "SMS_1"
text = "您应还${amount}元"
"""


def test_a_channel_goes_by_whom_the_file_says(read):
    way = read(CLOUD)["sms"]
    assert isinstance(way, AliyunTransport)
    assert way.settings.templates == (Registered("SMS_1", "您应还${amount}元"),)
    tencent = CLOUD.replace("aliyun", "tencent").replace("access_key_id", "secret_id")
    tencent = tencent.replace("access_key_secret", "secret_key").replace(
        "sign_name", 'app_id = "1400"\nsign_name'
    )
    assert isinstance(read(tencent.replace("${amount}", "{1}"))["sms"], TencentTransport)


def test_every_mistake_about_a_cloud_is_named(read):
    assert wrong(read, CLOUD.replace("aliyun", "aliyum"))["[sms] by"][0] == (
        "Is one of kannel, aliyun, tencent. Was aliyun meant?"
    )
    assert "[sms] by" in wrong(read, CLOUD.replace('"aliyun"', "[]"))
    for broken in (CLOUD.replace("code =", "kode ="), CLOUD.replace('"SMS_1"', "1")):
        assert wrong(read, broken)["[sms] templates"][0].startswith("Is tables such as [[sms.temp")
    assert "[sms] templates" in wrong(read, CLOUD.split("[[")[0] + 'templates = "x"')
    lacking = wrong(read, CLOUD.replace('access_key_secret_env = "PASSWORD"', ""))
    assert lacking["[sms] access_key_secret"][0] == "Is needed (or access_key_secret_env)"
    assert "registered text" in wrong(read, CLOUD.replace("您应还", "${name}"))["[sms]"][0]
