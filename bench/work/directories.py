from pyinfra.operations import files

for number in range(1, 21):
    files.directory(name=f"Directory {number:02}", path=f"/srv/bench-directories/d{number:02}", mode="755", _sudo=True)
