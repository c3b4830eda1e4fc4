"""The one door to the ways out: nobody but the sender gets hold of a transport.

It needs no Django, so that a mistake in the file is told before the ledger is opened.
"""

from arrears.channels.email.bounces import taken as taken
from arrears.channels.email.bounces import waiting as waiting
from arrears.channels.email.compose import PROOF_SIGNS as PROOF_SIGNS
from arrears.channels.ways import FILE as FILE
from arrears.channels.ways import bounce_folder as bounce_folder
from arrears.channels.ways import lets_out as lets_out
from arrears.channels.ways import local_ways as local_ways
from arrears.channels.ways import print_folder as print_folder
from arrears.channels.ways import ways_out as ways_out
