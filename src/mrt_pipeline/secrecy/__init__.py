"""The one filter that keeps secrets out of everything that leaves this process.

Whatever is secret is learnt when it is loaded or received: variables of the environment, headers and bodies
of requests, tokens, signed links. From then on a document that holds one is refused where files, rows and
cached answers are written, and a message is shown, logged or sent with ``[secret]`` in its place.

What is known belongs to the process: a text leaves it in many places, and each must know every secret. While
nothing has been learnt, nothing is searched.
"""

from mrt_pipeline.secrecy.known import MARK, KnownSecrets

SECRETS = KnownSecrets()
"""what this process knows to be secret"""

__all__ = ["MARK", "SECRETS", "KnownSecrets"]
