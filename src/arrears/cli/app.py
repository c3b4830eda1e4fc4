"""The command line, put together; each command stands in the file of its name."""

import sys
from collections.abc import Sequence

import typer

from arrears.cli.addresses import addresses
from arrears.cli.demo import demo
from arrears.cli.doctor import doctor
from arrears.cli.edge import show
from arrears.cli.letters import letters
from arrears.cli.load import load
from arrears.cli.reconcile import reconcile
from arrears.cli.run import explain, export, run
from arrears.cli.send import send
from arrears.cli.synth import synth
from arrears.cli.token import token
from arrears.cli.verify import verify
from arrears.cli.workbench import publish, serve
from arrears.core.errors import UserError

app = typer.Typer(
    name="arrears",
    help=(
        "From a bank's files to a ranked list of collection work, with reasons.\n\n"
        "A day: load the bank's files, run the day, export the list; explain any loan on it.\n\n"
        "从银行数据文件到一份排好序、有理由的催收名单。"
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a traceback with the values of a loan book in it is a leak
)
for command in (
    load, run, publish, send, reconcile, serve, token, addresses, letters,
    export, verify, explain, demo, synth, doctor,
):  # fmt: skip
    app.command()(command)


def commands() -> list[str]:
    """The names of the commands, in the order of the help."""
    return [command.callback.__name__ for command in app.registered_commands if command.callback]


def main(words: Sequence[str] | None = None) -> None:
    """The entry point of the `arrears` program.

    A user error ends in a sentence, a hint and its own exit code; anything else is our bug.
    """
    try:
        app(words)
    except UserError as error:
        show(error)
        sys.exit(error.exit_code)
