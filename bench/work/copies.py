from io import StringIO

from pyinfra.operations import files

files.directory(name="Folder", path="/srv/bench-copies", mode="755", _sudo=True)
for number in range(200):
    files.put(name=f"File {number}", src=StringIO(f"number {number}\n"), dest=f"/srv/bench-copies/{number}", mode="644", _sudo=True)
