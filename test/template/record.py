#!/usr/bin/env python3
"""Records what ansible-core answers to the expressions and templates of cases/*.yml, for differential.test.ts.

Run it with the Python of an ansible-core 2.21:  $ANSIBLE_PYTHON test/template/record.py [theme ...]
The collections community.general and ansible.utils, netaddr and jmespath must be there (ANSIBLE_COLLECTIONS_PATH).
Each cases/<theme>.yml gives vars, files, expressions (one a line) and templates; the answers go to cases/<theme>.json. Values carry their type:
{"int": 1}, {"float": "1.0"}, {"str": "a"}, {"list": [...]}, {"dict": [[key, value], ...]}, errors are {"error": "message"}.
"""
import json
import os
import pathlib
import signal
import sys
import tempfile
import warnings

warnings.simplefilter('ignore')
os.environ.setdefault('ANSIBLE_NOCOLOR', '1')
os.environ['ANSIBLE_LOCALHOST_WARNING'] = 'False'
os.environ['TZ'] = 'UTC'

import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from ansible.template import Templar, trust_as_template
from ansible.inventory.manager import InventoryManager

here = pathlib.Path(__file__).resolve().parent / 'cases'


def plain(value):
    """The value with its type, as JSON can carry it."""
    if value is None:
        return {'none': True}
    if isinstance(value, bool):
        return {'bool': bool(value)}
    if isinstance(value, int):
        return {'int': str(int(value))}
    if isinstance(value, float):
        return {'float': repr(float(value))}
    if isinstance(value, str):
        return {'str': str(value)}
    if isinstance(value, bytes):
        return {'bytes': value.hex()}
    if isinstance(value, dict):
        return {'dict': [[plain(k), plain(v)] for k, v in value.items()]}
    if isinstance(value, tuple):
        return {'tuple': [plain(v) for v in value]}
    if isinstance(value, list):
        return {'list': [plain(v) for v in value]}
    if isinstance(value, (set, frozenset)):
        return {'set': sorted((plain(v) for v in value), key=json.dumps)}
    return {'object': type(value).__name__, 'text': str(value)}


def trust(value):
    """All text of the case file may be a template."""
    if isinstance(value, str):
        return trust_as_template(value)
    if isinstance(value, list):
        return [trust(v) for v in value]
    if isinstance(value, dict):
        return {k: trust(v) for k, v in value.items()}
    return value


def message(error):
    texts = []
    while error is not None and len(texts) < 10:  # causes may go round
        texts.append(str(error))
        error = error.__cause__ or error.__context__
    return max(texts, key=len)[:300]


def too_long(*_):
    raise TimeoutError('no answer in 10 seconds')


def answer(templar, text, is_expression):
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(10)
    try:
        if is_expression:
            text = '{{ ' + text + ' }}'
        return plain(templar.template(trust_as_template(text)))
    except Exception as error:  # every failure is an answer
        return {'error': message(error)}
    finally:
        signal.alarm(0)


def record(path):
    case = yaml.safe_load(path.read_text())
    with tempfile.TemporaryDirectory(prefix='cases') as folder:
        root = pathlib.Path(folder).resolve()
        for name, text in (case.get('files') or {}).items():
            file = root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        for name, target in (case.get('links') or {}).items():
            (root / name).symlink_to(target)
        os.chdir(root)
        os.environ['HOME'] = str(root)
        os.environ['PLAY_CASE'] = 'from the environment'
        loader = DataLoader()
        loader.set_basedir(str(root))
        variables = {'root': str(root), 'playbook_dir': str(root), **trust(case.get('vars') or {})}
        answers = {}
        for kind in ('expressions', 'templates'):
            texts = case.get(kind) or []
            for text in texts.splitlines() if isinstance(texts, str) else texts:
                templar = Templar(loader=loader, variables=variables)
                found = answer(templar, text, kind == 'expressions')
                answers[text] = json.loads(json.dumps(found).replace(str(root), 'ROOT'))
    lines = ['{'] + [json.dumps(k, ensure_ascii=False) + ': ' + json.dumps(v, ensure_ascii=False) + ',' for k, v in answers.items()]
    lines[-1] = lines[-1].rstrip(',')
    path.with_suffix('.json').write_text('\n'.join(lines + ['}']) + '\n')
    print(f'{path.stem}: {len(answers)} answers, {sum("error" in a for a in answers.values())} of them errors')


if __name__ == '__main__':
    init_plugin_loader()
    wanted = sys.argv[1:]
    for path in sorted(here.glob('*.yml')):
        if path.stem != 'differences' and (not wanted or path.stem in wanted):
            record(path)
