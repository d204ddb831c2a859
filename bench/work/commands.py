from pyinfra.operations import server

for number in range(100):
    server.shell(name=f"Command {number}", commands=[f"echo {number}"], _sudo=True)
