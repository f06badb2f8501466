"""`python -m sandbox.linkedin --port N`."""

import argparse
import os
import sys
import threading

from sandbox.linkedin.server import serve


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("python -m sandbox.linkedin", description="A pretend LinkedIn.")
    parser.add_argument("--port", type=int, default=8002)
    parser.add_argument(
        "--host", default="127.0.0.1", help="the address to listen at; in a container 0.0.0.0"
    )
    parser.add_argument("--client-id", default=os.environ.get("LINKEDIN_CLIENT_ID", "turnpike"))
    parser.add_argument("--client-secret", default=os.environ.get("LINKEDIN_CLIENT_SECRET", ""))
    parser.add_argument("--redirect-host", action="append", default=[], help="send people back there too")
    options = parser.parse_args(arguments)
    if not options.client_secret:
        parser.error("give --client-secret or set LINKEDIN_CLIENT_SECRET")
    hosts = tuple(options.redirect_host)
    with serve(options.client_id, options.client_secret, options.port, hosts, options.host):
        threading.Event().wait()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(0)
