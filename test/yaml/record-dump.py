#!/usr/bin/env python3
"""Records how PyYAML, as ansible-core uses it, writes values: into dump.json beside this file. Run with ansible-core's Python."""
import json
import os
import random

import yaml
from ansible.parsing.yaml.dumper import AnsibleDumper

random.seed(7)
WORDS = ['a', 'foo', 'bar baz', 'yes', 'no', 'y', '1', '1.0', '0644', '', 'null', '~', 'a: b', 'a:b', '#x', 'x #y', '- a', '-a', "it's", '"q"', 'line1\nline2', 'line1\nline2\n', '  lead', 'trail ', 'tab\there', 'é', 'emoji 😀',
         '2024-01-01', '1:30', '{{ x }}', '[a]', '{a}', 'a,b', 'a [b]', '*x', '&x', '!x', '%x', '@x', '`x', '|', '>', '?', '? a', ':', ': a', '-', '--- x', '...', 'x' * 100, 'word ' * 30, 'lorem ipsum dolor ' * 8 + '\n' + 'x y ' * 30,
         'back\\slash', '\x07bell', 'a\n b', 'a \nb', '\n', '\n\na', '=', '<<', '0x1f', '1e3', '1.5e+3', '.5', '.inf', '+1', '1_000', 'on', 'Off', 'True', 'NULL', 'http://x.y/z?a=b', 'C:\\x', 'a"b\'c', 'long "quoted\\" text ' * 8,
         "it's a long one with quotes " * 5, '\u2028', 'a\tb ' * 30, 'ü' * 90 + ' x ' * 20]


def value(depth):
    kind = random.random()
    if depth <= 0 or kind < 0.55:
        return random.choice(WORDS) if random.random() < 0.75 else random.choice([None, True, False, 0, 1, -5, 1.5, 1.0, 1e20, 1e-7, 123456789012345678901234567890, 0.1, 1e16])
    if kind < 0.78:
        return [value(depth - 1) for _ in range(random.randint(0, 4))]
    return {(random.choice(WORDS) if random.random() < 0.5 else 'k%d' % i): value(depth - 1) for i in range(random.randint(0, 4))}


def encode(v):
    if isinstance(v, float):
        return {'float': repr(v)}
    if isinstance(v, int) and not isinstance(v, bool) and abs(v) > 2 ** 53:
        return {'int': str(v)}
    if isinstance(v, list):
        return [encode(x) for x in v]
    if isinstance(v, dict):
        return {'dict': [[k, encode(x)] for k, x in v.items()]}
    return v


values = [WORDS[:]] + [[w] for w in WORDS] + WORDS + [value(4) for _ in range(70)]
rows = []
for one in values:
    texts = [yaml.dump(one, Dumper=AnsibleDumper, allow_unicode=True, **options) for options in (
        {'indent': 4, 'default_flow_style': False}, {'default_flow_style': None}, {'indent': 2, 'default_flow_style': False, 'width': 40, 'sort_keys': False})]
    rows.append(json.dumps([encode(one), *texts], ensure_ascii=False))
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'dump.json'), 'w', encoding='utf-8') as out:
    out.write('[\n' + ',\n'.join(rows) + '\n]\n')
print(len(rows), 'values')
