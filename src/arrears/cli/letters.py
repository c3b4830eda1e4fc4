"""`arrears letters`: what waits to be printed becomes a batch."""

from arrears.channels.letter.batch import make_batch
from arrears.cli.edge import DEFAULT_HOME, HomeOption, environ, now
from arrears.cli.screen import say
from arrears.lake.home import Home
from arrears.web.sender.ways import FILE, print_folder


def letters(home: HomeOption = DEFAULT_HOME) -> None:
    """Make a batch of the letters that wait: a folder to print, and a list of what is in it.

    Each letter is in one batch. A batch that was cut short is ended before a new one begins.
    """
    place = Home(home)
    made = make_batch(print_folder(place.path / FILE, environ()), at=now())
    for batch in made:
        say(f"{batch.folder}: {batch.letters:,} letters, {batch.pages:,} pages.")
    if not made:
        say("No letter waits.")
