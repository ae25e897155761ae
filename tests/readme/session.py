"""One shell that lives as long as the document, so that `cd` and `export` last."""

import os
import pathlib
import shutil
import subprocess

END = "end-of-command"


class Session:
    def __init__(self, root, scratch):
        """`scratch` becomes what a clone looks like from inside, after deploy/quickstart."""
        root, scratch = pathlib.Path(root), pathlib.Path(scratch)
        for folder in ("deploy", "docs", "proto"):
            if (root / folder).is_dir():
                shutil.copytree(root / folder, scratch / folder)
        (scratch / "build").mkdir()
        (scratch / "build/release").symlink_to(root / "build/release")
        environment = {name: value for name, value in os.environ.items() if name != "FERRY_LOG"}
        environment["PATH"] = f"{scratch / 'build/release'}:{environment['PATH']}"
        environment["NO_COLOR"] = "1"
        self.shell = subprocess.Popen(
            ["bash"], cwd=scratch, env=environment, text=True, encoding="utf-8",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )

    def run(self, command):
        """Returns the lines printed, stdout and stderr as on a terminal, and the exit code."""
        # Standard input is the shell's own list of commands: no command may read from it.
        # The blank line before the mark keeps it apart from output that ends without a line break.
        self.shell.stdin.write(f"{{ {command}\n}} </dev/null\nprintf '\\n%s %s\\n' {END} $?\n")
        self.shell.stdin.flush()
        lines = []
        for line in self.shell.stdout:
            if line.startswith(END + " "):
                if lines and not lines[-1]:
                    lines.pop()
                return lines, int(line.split()[1])
            lines.append(line.rstrip("\n"))
        return lines, self.shell.wait()

    def close(self):
        self.shell.stdin.close()
        self.shell.stdout.close()
        self.shell.wait()
