"""Stock Radicale with file storage, under the same server as crmlite; accounts from a plain htpasswd file."""

import sys

from radicale import Application, config
from waitress.server import create_server


def main(folder: str) -> None:
    configuration = config.load()
    configuration.update(
        {
            "storage": {"filesystem_folder": f"{folder}/storage"},
            "auth": {
                "type": "htpasswd",
                "htpasswd_filename": f"{folder}/users",
                "htpasswd_encryption": "plain",
            },
            "rights": {"type": "owner_only"},
            "web": {"type": "none"},
            "logging": {"level": "error"},
        },
        "bench",
        privileged=True,
    )
    server = create_server(Application(configuration), host="127.0.0.1", port=0, threads=4)
    print(f"radicale is ready on http://127.0.0.1:{server.effective_port}", flush=True)
    server.run()


if __name__ == "__main__":
    main(sys.argv[1])
