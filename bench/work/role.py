# The role `app` in pyinfra's words, over the same files and templates.
from io import StringIO
from pathlib import Path

from pyinfra import host
from pyinfra.facts.files import File
from pyinfra.operations import apt, files, server, systemd

ROLE = Path(__file__).parent / "roles" / "app"
NAME, USER, GROUP, HOME = "bench-app", "benchapp", "benchapp", "/srv/bench-app"
INSTANCES = [{"name": "one", "port": 8081, "workers": 2}, {"name": "two", "port": 8082, "workers": 4}]
SETTINGS = {"log_level": "info", "timeout": 30, "retries": 3, "cache": True}
VALUES = {"app_name": NAME, "app_user": USER, "app_home": HOME, "app_instances": INSTANCES, "app_settings": SETTINGS}
SUDO = {"_sudo": True}


def template(name, dest, **given):
    keep = {key: given.pop(key) for key in ("user", "group", "mode") if key in given}
    return files.template(name=name, src=str(ROLE / "templates" / given.pop("src")), dest=dest, jinja_env_kwargs={"trim_blocks": True}, **keep, **VALUES, **given, **SUDO)


apt.packages(name="Packages", packages=["curl", "unzip", "procps", "ca-certificates"], **SUDO)
server.group(name="Group", group=GROUP, system=True, **SUDO)
server.user(name="User", user=USER, group=GROUP, system=True, home=HOME, create_home=False, ensure_home=False, shell="/usr/sbin/nologin", **SUDO)
for admin in ("benchanna", "benchbert"):
    server.user(name=f"Person {admin}", user=admin, groups=[GROUP], append=True, shell="/bin/bash", **SUDO)
for folder in ("", "/bin", "/conf", "/data", "/log"):
    files.directory(name=f"Folder {folder}", path=HOME + folder, user=USER, group=GROUP, mode="750", **SUDO)
program = files.put(name="Program", src=str(ROLE / "files" / "app.sh"), dest=f"{HOME}/bin/app.sh", user="root", group=GROUP, mode="755", **SUDO)
files.put(name="Welcome", src=StringIO(f"{NAME} is managed; changes here are lost.\n"), dest=f"{HOME}/README", mode="644", **SUDO)
settings = template("Settings", f"{HOME}/conf/app.conf", src="app.conf.j2", user="root", group=GROUP, mode="640")
template("Log rotation", f"/etc/logrotate.d/{NAME}", src="logrotate.j2", mode="644")
files.line(name="Limits", path="/etc/security/limits.conf", line=f"{USER} soft nofile 4096", **SUDO)
files.put(name="Sudo rules", src=StringIO(f"%{GROUP} ALL=(root) NOPASSWD: /usr/bin/systemctl restart {NAME}\n"), dest=f"/etc/sudoers.d/{NAME}", mode="440", **SUDO)
changed = [program, settings]
for one in INSTANCES:
    files.directory(name=f"Folder of {one['name']}", path=f"{HOME}/data/{one['name']}", user=USER, mode="750", **SUDO)
    changed.append(template(f"Settings of {one['name']}", f"{HOME}/conf/{one['name']}.conf", src="instance.conf.j2", group=GROUP, mode="640", instance=one))
    files.block(name=f"Block of {one['name']}", path=f"{HOME}/conf/instances", content=f"port={one['port']}\nworkers={one['workers']}", marker="# {mark} " + one["name"], **SUDO)
if host.get_fact(File, path=f"{HOME}/data/made", **SUDO) is None:
    server.shell(name="First data", commands=[f"touch {HOME}/data/made"], **SUDO)
files.put(name="Mark of complete data", src=StringIO("complete\n"), dest=f"{HOME}/data/complete", mode="644", **SUDO)
files.link(name="Current version", path=f"{HOME}/current", target=f"{HOME}/conf", **SUDO)
unit = template("Unit", f"/etc/systemd/system/{NAME}.service", src="app.service.j2", mode="644")
systemd.daemon_reload(name="Reload where the unit is new", _if=unit.did_change, **SUDO)
systemd.service(name="Restart where something is new", service=NAME, restarted=True, _if=lambda: any(one.did_change() for one in [unit, *changed]), **SUDO)
systemd.service(name="Service", service=NAME, running=True, enabled=True, **SUDO)
