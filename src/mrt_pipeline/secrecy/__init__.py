"""The one filter that keeps secrets out of everything that leaves this process.

Secrets are learnt when they are loaded or received: variables of the environment, headers and bodies of
requests, tokens, signed links. From then on a document that holds one is refused where files, rows and
cached answers are written, and a message is shown, logged or sent with ``[secret]`` in its place.

The known secrets belong to the process: text leaves it in many places, and each must know every secret. As
long as none has been learnt, nothing is searched.
"""

from mrt_pipeline.secrecy.known import MARK, KnownSecrets

SECRETS = KnownSecrets()
"""the secrets known to this process"""

__all__ = ["MARK", "SECRETS", "KnownSecrets"]
