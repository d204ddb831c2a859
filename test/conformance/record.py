"""Records what ansible-core answers to the cases of this folder.

Usage: ANSIBLE_PLAYBOOK=/path/to/ansible-playbook python record.py [CASE...]
Cases that use community.general need ANSIBLE_COLLECTIONS_PATH. Without names: all cases whose text is not the one that was recorded. Needs PyYAML (any Python that has ansible-core has it).
"""
import concurrent.futures, hashlib, json, os, pathlib, shutil, stat, subprocess, sys, tempfile
import yaml

here = pathlib.Path(__file__).parent
playbook = os.environ['ANSIBLE_PLAYBOOK']
python = os.environ.get('ANSIBLE_PYTHON', '/usr/bin/python3')
hosts = ''.join(f'{name} ansible_connection=local\n' for name in ('a', 'b', 'c'))


def write_files(folder, case):
    files = dict(case['files'])
    files.setdefault('inventory', hosts)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace('{dir}', str(folder)))
        path.chmod(0o755 if text.startswith('#!') else 0o644)
    (folder / 'out').mkdir(exist_ok=True)


def made(folder):
    found = {}
    out = folder / 'out'
    for path in sorted(out.rglob('*')):
        if path.name == '.ansible_async' or '.ansible' in path.parts:
            continue
        info = path.lstat()
        one = {'mode': '%04o' % stat.S_IMODE(info.st_mode)}
        if path.is_symlink():
            one = {'link': os.readlink(path).replace(str(folder), '{dir}')}
        elif path.is_file():
            one['text'] = path.read_text().replace(str(folder), '{dir}')
        found[str(path.relative_to(out))] = one
    return found


def run(name):
    text = (here / 'cases' / f'{name}.yml').read_text()
    case = yaml.safe_load(text)
    folder = pathlib.Path(tempfile.mkdtemp(prefix='conformance-'))
    home = pathlib.Path(tempfile.mkdtemp(prefix='conformance-home-'))
    try:
        write_files(folder, case)
        (home / 'ansible.cfg').write_text('')
        env = {
            'PATH': os.environ['PATH'], 'HOME': str(home), 'ANSIBLE_HOME': str(home / '.ansible'), 'LC_ALL': 'C.UTF-8', 'ANSIBLE_NOCOLOR': '1',
            'ANSIBLE_CONFIG': str(home / 'ansible.cfg'), 'ANSIBLE_DEPRECATION_WARNINGS': '0', 'ANSIBLE_LOCALHOST_WARNING': '0', 'ANSIBLE_PYTHON_INTERPRETER': python, 'ANSIBLE_ASYNC_DIR': str(home / 'async'),
            'ANSIBLE_HOST_KEY_CHECKING': 'False', 'ANSIBLE_RETRY_FILES_ENABLED': '0', **({'ANSIBLE_COLLECTIONS_PATH': os.environ['ANSIBLE_COLLECTIONS_PATH']} if 'ANSIBLE_COLLECTIONS_PATH' in os.environ else {}), **case.get('env', {}),
        }
        args = [str(one).replace('{dir}', str(folder)) for one in case.get('args', [])]
        where = ['-i', case.get('inventory', 'inventory')]
        command = lambda words: subprocess.run(words, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, umask=0o022, timeout=300)
        if 'adhoc' in case:  # commands of `ansible`, one after the other; what they print stands below their arguments
            told = []
            for words in case['adhoc']:
                ran = command([str(pathlib.Path(playbook).with_name('ansible')), *where, *map(str, words)])
                told.append(f"$ adhoc {' '.join(map(str, words))}\n{ran.stdout}exit code {ran.returncode}\n")
            ran.stdout = ''.join(told)
        else:
            ran = command([playbook, *(case.get('playbooks') or ['site.yml']), *where, *args])
        clean = lambda told: told.replace(str(folder), '{dir}').replace(str(home), '{home}').replace(python, '{python}')
        answer = {'case': hashlib.sha256(text.encode()).hexdigest()[:16], 'code': ran.returncode,
                  'stdout': clean(ran.stdout).split('\n'), 'files': made(folder)}
        (here / 'answers' / f'{name}.json').write_text(json.dumps(answer, indent=1, ensure_ascii=False) + '\n')
        return name, ran.returncode, ran.stderr
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


def is_stale(name):
    answer = here / 'answers' / f'{name}.json'
    text = (here / 'cases' / f'{name}.yml').read_bytes()
    return not answer.exists() or json.loads(answer.read_text())['case'] != hashlib.sha256(text).hexdigest()[:16]


if __name__ == '__main__':
    names = sys.argv[1:] or [path.stem for path in sorted((here / 'cases').glob('*.yml')) if is_stale(path.stem)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, code, errors in pool.map(run, names):
            print(name, code, errors.strip()[:300] if code in (1, 4, 5, 250) else '', flush=True)
