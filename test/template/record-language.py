#!/usr/bin/env python3
"""Records what ansible-core makes of expressions and templates, into language.json beside this file.

Needs ansible-core 2.21: run it with its Python, as in $ANSIBLE_PYTHON test/template/record-language.py
"""
import itertools
import json
import os

from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

VARS = {
    'l': [3, 1, 2], 'e': [], 'd': {'a': 1, 'b': 'two', 'c': [1, 2], 'n': None}, 's': 'Hello World', 'u': 'Grüße', 'n': None, 't': True, 'f': False,
    'i': 7, 'fl': 2.5, 'z': 0, 'neg': -3, 'str1': '1', 'empty': '', 'nested': [{'name': 'x', 'v': [1, {'k': 'deep'}]}, {'name': 'y', 'v': []}],
    'lazy': '{{ s }}!', 'lazylist': ['{{ i }}', 'plain', '{{ l }}'], 'lazydict': {'a': '{{ d.a + 1 }}', 'b': '{{ nope }}'}, 'chain': '{{ lazy }}?', 'bad': '{{ nope }}',
    'tree': [{'n': 'a', 'c': [{'n': 'b', 'c': []}, {'n': 'c', 'c': [{'n': 'd', 'c': []}]}]}], 'multi': 'one\ntwo\n\nthree', 'csv': 'a, b,,c', 'big': 12345678901234567890, 'pct': '50%',
}


def rec(v):
    if isinstance(v, str):
        return trust_as_template(v)
    if isinstance(v, dict):
        return {k: rec(x) for k, x in v.items()}
    if isinstance(v, list):
        return [rec(x) for x in v]
    return v


def expressions():
    atoms = ['1', '0', '-2', '2.5', '0.0', "'a'", "''", "'10'", 'true', 'none', '[1, 2]', '[]', "{'a': 1}", '(1, 2)', 'i', 'l', 's', 'big']
    for op in ['+', '-', '*', '/', '//', '%', '**', '~', '==', '!=', '<', '>=', 'in', 'not in', 'and', 'or']:
        for a, b in itertools.product(atoms, repeat=2):
            # Every third pair: all kinds of operands still meet.
            if (len(op) * 7 + atoms.index(a) * 5 + atoms.index(b)) % 3 == 0 and not (op == '**' and b == 'big') and not (op == '*' and 'big' in (a, b)):
                yield f'{a} {op} {b}'
    for a in atoms + ['fl', 'neg', 'u', 'd', 'nope']:
        yield from (f'not {a}', f'-{a}', f'+{a}', f'{a} | string', f"'<' ~ {a} ~ '>'", f'[{a}]', f'{a} if {a} else "no"', f'{a} is defined', f'{a} is none', f'{a} is number',
                    f'{a} is string', f'{a} is mapping', f'{a} is sequence', f'{a} is iterable', f'{a} is boolean', f'{a} is integer', f'{a} is float', f'({a},)', f'{{"k": {a}}}')
    strings = ['s', 'u', 'empty', 'csv', 'multi', "'  pad  '", "'aXbXc'", "'123'", "'UPPER'", "'ab12'", "'é😀x'", "'x.y.z'"]
    methods = ['upper()', 'lower()', 'title()', 'capitalize()', 'swapcase()', 'strip()', 'lstrip()', 'rstrip()', "strip('aX ')", 'split()', "split(',')", "split('X', 1)", "rsplit('.', 1)",
               'splitlines()', 'splitlines(true)', "startswith('H')", "startswith(('a', 'H'))", "endswith('d')", "find('o')", "rfind('o')", "find('o', 5)", "count('l')", "replace('X', '-')",
               "replace('X', '-', 1)", "zfill(8)", "center(15, '*')", "ljust(14, '.')", "rjust(14)", 'isdigit()', 'isalpha()', 'isalnum()', 'isupper()', 'islower()', 'isspace()', 'istitle()',
               'isnumeric()', 'isdecimal()', "partition('X')", "rpartition('.')", "encode('utf-8').decode('utf-8')", "join(['1', '2'])", 'expandtabs(4)', "index('o')", "removeprefix('He')",
               "removesuffix('ld')", 'casefold()', "format(1, k=2)", "translate({97: 'b'})", 'isidentifier()', 'isascii()']
    for i, (a, m) in enumerate(itertools.product(strings, methods)):
        if i % 2 == 0 or a in ('s', 'csv'):
            yield f'{a}.{m}'
    for a in ['s', 'u', 'l', "'é😀x'", '(1, 2, 3, 4)', 'e', 'range(10)|list']:
        for x in ['[0]', '[-1]', '[1:]', '[:-1]', '[::2]', '[::-1]', '[1:3]', '[-2:]', '[5:1:-2]', '[:100]', '[::0]', '[9]', "['a']", '.0', '[1:2:3]', '[none:2]']:
            yield f'{a}{x}'
    for spec in ['5', '<5', '>5', '^5', '05', '+', ',', '_', 'x', 'X', '#x', 'b', 'o', 'e', '.2f', '8.3f', '.3g', '%', '.1%', '*^9', 'd', 's', '010.2f', ',.2f', '.0f', ' ', 'c', 'g', '#b', '=+8']:
        for v in ['42', '3.14159', "'abc'", '-7', 'true', '1234567', '0.5', '2.5', '1e20']:
            yield f"'{{:{spec}}}'.format({v})"
    for spec in ['%s', '%r', '%d', '%i', '%5d', '%-5d|', '%05d', '%+d', '% d', '%x', '%X', '%#x', '%o', '%e', '%E', '%f', '%.2f', '%8.3f', '%g', '%G', '%c', '%5s', '%-5s|', '%.2s', '%%', '%s %s', '%03.1f', '%5.1f%%']:
        for v in ['42', '3.14159', "'abc'", '-7', '[1]', '(1,)', "(1, 'b')", 'none', '1e10', '65', '0.00001234', '123456789.0']:
            yield f"'{spec}' % {v}"
    yield from ["'%(a)s-%(b)05.1f' % {'a': 1, 'b': 2}", "'%(z)s' % d", "'{a[b]}'.format(a={'b': 1})", "'{0} {1} {0}'.format(1, 2)", "'{} {x}'.format(1, x=2)", "'{!r}'.format('a')", "'{:{w}}'.format(1, w=5)",
                "'{{}}'.format()", "'{'.format()", "'{2}'.format(1)", "'{a}'.format()", "'{0.a}'.format(d)", "'{0[c][1]}'.format(d)"]
    for v in ['0.1', '1e16', '1e15', '1e-4', '1e-5', '123456789012345680.0', '1/3', '2/3*3', '1e22', '1.5e-10', '100.0', '-0.0', '5e-324', '1e308*1', '0.1+0.2', '1e21', '12345.678e3', '3.0', '1e2', '10**20', '2**63', '2**64 + 1', '-7//2', '-7 % 3',
              '7 % -3', '7.5 // 2', '-7.5 % 2', '2 ** -2', '0 ** 0', '7 // 0', '7 % 0', '1.0 // 0', '2 ** 0.5', '10 / 4', '10 // 4.0', 'true + true', 'true * 3', '1 == true', '1.0 == 1', '"1" == 1', 'none == false', '[1] == (1,)', '{} == []', '[1, 2] < [1, 3]',
              '(1, 2) < (1, 3)', "'a' < 'B'", "'é' > 'z'", '[1] < 2', '{} < {}', 'none < 1', '1 < 2 < 3', '1 < 3 < 2', '3 > 2 >= 2 != 1', '1 in [1.0]', "'a' in d", "'ell' in s", '1 in s', 'none in [none]', "'z' not in d", '2 in (1, 2)', 'big + 1', 'big * 2', 'big // 7',
              '-big', 'big % 1000', 'big == 12345678901234567890', '9007199254740993 + 0', '9007199254740992 + 1', '3 * 9007199254740993', '1_000_000', '0x_ff', '0b1010', '0o17', '0xFF', '007', '1e3', '1E3', '1.5E+3', '1__0']:
        yield v
    yield from ['d.a', "d['a']", 'd.b.upper()', 'd.c[0]', 'd.c.1', 'd.n', 'd.nope', 'd.nope.deeper', "d['no pe']", 'nope', 'nope.a', 'nope[0]', 'nope()', 'd.a.b', 's.nope', 'l.nope', 'n.a', 'i.a', 'd.keys()|list', 'd.values()|list', 'd.items()|list', 'd.get("a")',
                'd.get("q")', 'd.get("q", 5)', 'd.items', 's.upper', 'd.copy()', "d.update({'q': 1})", 'l.index(1)', 'l.index(9)', 'l.count(1)', 'l.copy()', 'l.append(4)', 'l.pop()', 'l.sort()', 'l.reverse()', "[1, 2].extend([3])", '(1, 2).index(2)', '(1, 1).count(1)',
                'i.bit_length()', 'fl.is_integer()', '(2.0).is_integer()', '(5).bit_count()', 'nested[0].v[1].k', 'nested[1].v', 'nested[0]["name"]', 'nested[-1].name', 'nested[0].v[1]["k"]|upper', 'lazy', 'lazylist', 'lazylist[0] + 1', 'lazylist[2][0]', 'lazydict.a', 'lazydict', 'lazydict.b',
                'lazydict.b | default("x")', 'lazydict.b is defined', 'lazydict.b.c is defined', 'chain', 'bad', 'bad is defined', 'bad | default(1)', '"x" ~ lazy', 'lazylist | length', 'lazylist | join(",")', "lazydict.get('a')", "'a' in lazydict", 'lazydict.keys()|list', '7 in lazylist',
                'a.b.c.d is defined', 'nope is not defined and true', 'nope is defined and nope.x', 'nope.x.y | default("deep")', '(nope | default({})).x | default("q")', 'd["a"] if "a" in d else nope', '1 if t', '1 if f', '1 if f else 2 if f else 3', '(1 if f) | default(4)',
                'not t or f', 'not (t or f)', 't and f or t', 't or f and f', 'not not t', 'not f == f', '1 + 2 * 3 ** 2', '-2 ** 2', '2 ** 3 ** 2', '1 - 2 - 3', '2 * 3 % 4', '1 ~ 2 + 3', '"a" ~ 1 + 2', '1 + 2 ~ 3', '7 // 2 * 2', 'i is even', 'i is odd', 'i is divisibleby 7', 'i is divisibleby(2)',
                'i is not divisibleby 2', 'not i is odd', 'i is odd and i > 5', 'l | length > 2', 'l | length == 3 and t', '-l | length', 'l | first + 1', '(l | first) + 1', '-1 | abs', '(-1) | abs', '2 ** 2 | string', 's | upper | lower ~ "x"', 'l is contains 3', '3 is in l', 's is in "Hello World!"',
                '[1, 2, ]', '(1, 2, )', '()', '(1)', '1,', '1, 2', '{"a": 1, }', '{1: "a"}', '{1: "a"}[1]', '{(1, 2): "t"}[(1, 2)]', '{[1]: 2}', '{"a": 1, "a": 2}', '{true: 1}', '{none: 1}', '{1.5: 1}', "'a' 'b'", '"it\'s"', "'say \"hi\"'", "'back\\\\slash'", "'tab\\t'", "'nl\\n'", "'\\x41'", "'\\u00e9'",
                "'\\q'", "''", '"{{ s }}"', "'{% if %}'", 'range(3)|list', 'range(1, 4)|list', 'range(10, 0, -3)|list', 'dict(a=1, b=2)', 'dict([["a", 1]])', 'dict(d, z=9)', 'namespace(a=1).a', 'cycler(1, 2).next()', 'true', 'True', 'TRUE', 'none', 'None', 'null', 'false and nope', 'true or nope',
                'l.0', 'l.0.real', 'l[0:2] + [9]', 'l + e', 'e or "empty"', 'z or n or "last"', 's[0] ~ s[-1]', 's[:5] == "Hello"', '"%s and %s" % (s, i)', '"%s" % d', '"%s" % l', '(l | sort)[0]', '{"a": {"b": [1, {"c": 2}]}}.a.b[1].c', 'l == [3, 1, 2]', 'l != e', 'd == {"c": [1, 2], "b": "two", "a": 1, "n": none}',
                '[[1, 2], [3]] | sum(start=[])', 's is match("Hello")', '1 is sameas 1', 'none is none', 'i > fl', 'i >= 7', 's > "A"', '"10" > "9"', '10 > 9.5', 't > f', 'undef()', 'undef(hint="set it")', 'lookup("items", [1, 2])', 'query("items", [1, 2])', 'q("items", [1])', 'lookup("items", [1, 2], wantlist=true)',
                'lookup("ansible.builtin.items", ["a", "b"])', 'lookup("nope")', 'lookup("nope", errors="ignore")', '1 | nope', '1 is nope', 'l | ansible.builtin.first', '1 is ansible.builtin.divisibleby 1', 'omit is defined', 's()', '5()', 'd()', 's.upper(1)', 's.split(maxsplit=1)', "s.split(sep='o', maxsplit=1)", "s.replace('o')",
                '1 +', '+ 1 +', '(1', '[1', '{1', '{"a"}', '1 2', 'a b', "'a", '"a', '1 | ', '1 is', '.5', '5.', 'a..b', 'a.', 'a[', 'a[]', 'a[1', 'f(', 'f(1,', 'f(,)', 'f(a=1, 2)', 'x = 1', 'a == b == c', 'a ? b', 'a && b', '!a', 'a || b', '@', '$', 'a;', 'not', 'if', '1 if', '1 if t else', 'is', 'in', 'l | join(', 'lambda: 1']


TEMPLATES = r"""
{% if t %}yes{% endif %}
{% if f %}yes{% else %}no{% endif %}
{% if f %}a{% elif t %}b{% else %}c{% endif %}
{% for x in l %}{{ x }},{% endfor %}
{% for x in e %}{{ x }}{% else %}none{% endfor %}
{% for x in l if x > 1 %}{{ loop.index }}:{{ x }}/{{ loop.length }} {% endfor %}
{% for k in d %}{{ k }}{% endfor %}
{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}
{% for a, b in [[1, 2], [3, 4]] %}{{ a }}-{{ b }} {% endfor %}
{% for a, (b, c) in [[1, [2, 3]]] %}{{ a }}{{ b }}{{ c }}{% endfor %}
{% for c in s %}{{ c }}.{% endfor %}
{% for x in l %}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }} {% endfor %}
{% for x in l %}{{ loop.cycle('odd', 'even') }} {% endfor %}
{% for x in l %}{{ loop.previtem | default('-') }}<{{ x }}>{{ loop.nextitem | default('-') }} {% endfor %}
{% for x in [1, 1, 2, 2, 1] %}{{ loop.changed(x) }} {% endfor %}
{% for x in l %}{% for y in e %}{{ y }}{% else %}{{ loop.index }}{% endfor %}{% endfor %}
{% for x in l %}{% set outer = loop %}{% for y in [1, 2] %}{{ outer.index }}{{ loop.index }} {% endfor %}{% endfor %}
{% for x in tree recursive %}[{{ x.n }}{{ loop.depth }}{{ loop(x.c) }}]{% endfor %}
{% for x in 5 %}{{ x }}{% endfor %}
{% for x in nope %}{{ x }}{% endfor %}
{% for x in none %}{{ x }}{% endfor %}
{% for a, b in [[1]] %}{{ a }}{% endfor %}
{% for a, b in [[1, 2, 3]] %}{{ a }}{% endfor %}
{% for x in l %}{{ x }}{% if not loop.last %}, {% endif %}{% endfor %}
{% for x in range(3) %}{{ x }}{% endfor %}
{% for x in l | sort %}{{ x }}{% endfor %}
{% for x in l if t else 3 %}{{ x }}{% endfor %}
{% set x = 1 %}{{ x }}
{% set x = 1 %}{% for y in l %}{% set x = y %}{% endfor %}{{ x }}
{% set x = 1 %}{% if t %}{% set x = 2 %}{% endif %}{{ x }}
{% set x, y = 1, 2 %}{{ x }}{{ y }}
{% set x = 1, 2 %}{{ x }}
{% set x %}block {{ i }}{% endset %}{{ x }}
{% set x | upper %}block{% endset %}{{ x }}
{% set x | upper | replace('B', '-') %}block{% endset %}{{ x }}
{% set ns = namespace(n=0) %}{% for x in l %}{% set ns.n = ns.n + x %}{% endfor %}{{ ns.n }}
{% set ns = namespace() %}{% set ns.a = 5 %}{{ ns.a }}
{% set ns = namespace({'q': 1}, r=2) %}{{ ns.q }}{{ ns.r }}
{% set ns = {} %}{% set ns.a = 5 %}{{ ns.a }}
{% set l2 = l %}{{ l2.append(9) or '' }}{{ l2 | length }}
{% with a = 1 %}{{ a }}{% endwith %}{{ a | default('gone') }}
{% with a = 1, b = i %}{{ a + b }}{% endwith %}
{% with %}{% set q = 1 %}{{ q }}{% endwith %}{{ q | default('-') }}
{% macro m(x, y=2) %}{{ x }}+{{ y }}{% endmacro %}{{ m(1) }} {{ m(1, 3) }} {{ m(y=5, x=4) }}
{% macro m(x) %}{{ x }}{% endmacro %}{{ m(1, 2) }}
{% macro m(x) %}{{ x }}{% endmacro %}{{ m(z=2) }}
{% macro m(x) %}{{ x | default('none') }}{% endmacro %}{{ m() }}
{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, a=3) }}
{% macro m(a) %}{{ a }}{{ varargs | length }}{% endmacro %}{{ m(1, 2, 3) }}
{% macro m(a, b=a) %}{{ a }}{{ b }}{% endmacro %}{{ m(4) }}
{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}in{% endcall %}
{% macro m() %}[{{ caller(1, 2) }}]{% endmacro %}{% call(a, b) m() %}{{ a }}-{{ b }}{% endcall %}
{% macro m() %}x{% endmacro %}{% call m() %}in{% endcall %}
{% macro m(n) %}{{ n }}{% if n > 0 %}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(3) }}
{% macro m() %}{{ s }}{% endmacro %}{{ m() }}
{% macro m() %}{% set q = 1 %}{% endmacro %}{{ m() }}{{ q | default('no') }}
{% macro m(a, b) %}{% endmacro %}{{ m.name }} {{ m.arguments }}
{% filter upper %}abc {{ s }}{% endfilter %}
{% filter replace('a', 'b') | upper %}aaa{% endfilter %}
{% raw %}{{ not }} {% if %}{% endraw %}
a {%- if t -%} b {%- endif -%} c
a {{- i -}} b
a   {#- comment -#}   b
{# comment #}x
a {# {{ s }} #} b
{% if t %}

x

{% endif %}

y
{% if t -%}
  x
{%- endif %}
y
  {% if t %}
  indented
  {% endif %}
end
{%+ if t %}x{%+ endif %}
{% raw -%}
  x {{ y }}
{%- endraw %} z
{% for x in l %}
- {{ x }}
{% endfor %}
tail
{% for x in l -%}
- {{ x }}
{% endfor -%}
tail
{{ s }}
{{ i }}
{{ l }}
{{ i }}{{ i }}
{{ n }}
{{ n }}x
x{{ n }}
{{ n }}{{ l }}
{{ '' }}{{ l }}
{{ l }} 
{{ t }}x
{{ fl }}x
{{ 1.0 }}x
{{ d }}x
{{ (1, 2) }}x
{{ nested }}x
{{ big }}x
{{ 'a' if f }}x
{{ 'a' if f }}
{{ d.items() }}x
{{ lazydict }}x
{% if nope %}x{% endif %}
{% if nope is defined %}x{% else %}y{% endif %}
{% if d.nope %}x{% endif %}
{% if d.a == 1 and d.b == 'two' %}ok{% endif %}
{% if l %}full{% endif %}{% if e %}{% else %}empty{% endif %}
{% if s == 'Hello World' %}eq{% endif %}
{% block a %}A{% endblock %}
{% block a %}{{ s }}{% endblock a %}
{% set x = 5 %}{% block a %}{{ x }}{% endblock %}
{% for x in l %}{% block a scoped %}{{ x }}{% endblock %}{% endfor %}
{% for x in l %}{% block a %}{{ x | default('-') }}{% endblock %}{% endfor %}
{% block a %}A{% endblock %}{{ self.a() }}
{% include 'part.j2' %}
{% set v = 1 %}{% include 'part.j2' %}
{% include 'nope.j2' ignore missing %}x
{% include 'nope.j2' %}
{% include ['nope.j2', 'part.j2'] %}
{% include 'part.j2' without context %}
{% for v in l %}{% include 'part.j2' %}{% endfor %}
{% import 'lib.j2' as lib %}{{ lib.hi('you') }}{{ lib.const }}
{% from 'lib.j2' import hi %}{{ hi('you') }}
{% from 'lib.j2' import hi as greet, const %}{{ greet(const) }}
{% from 'lib.j2' import nothing %}{{ nothing }}
{% import 'lib.j2' as lib with context %}{{ lib.seen() }}
{% import 'lib.j2' as lib %}{{ lib._private }}
{% import 'lib.j2' as lib %}{{ lib.seen() }}
{% from 'lib.j2' import seen with context %}{{ seen() }}
{% extends 'base.j2' %}{% block body %}child{% endblock %}
{% extends 'base.j2' %}{% block body %}child+{{ super() }}{% endblock %}
{% extends 'base.j2' %}ignored{% set title = 'T' %}{% block body %}{{ title }}{% endblock %}
{% extends 'mid.j2' %}{% block body %}grand+{{ super() }}{% endblock %}
{% extends 'base.j2' %}
{% extends 'nope.j2' %}
#jinja2: variable_start_string:'[[', variable_end_string:']]'
[[ s ]] {{ s }}
#jinja2: trim_blocks: False
{% if t %}
x
{% endif %}
y
#jinja2: lstrip_blocks: True
  {% if t %}
    x
  {% endif %}
y
#jinja2: nonsense: 1
x
{% set x = 'a\\nb' %}{{ x }}
{{ 'a\\nb' }}
{{ 'a\nb' }}
{% set x = 'a\nb' %}{{ x }}
{{ "a\tb" ~ 'c\\d' }}
{{ {'a': {'b': 1}}.a.b }}
{{ {'a': 1}['a'] }}{{ {} }}
{{ '}}' }}
{{ "{{" }}{{ '%}' }}
{{ s
{{ s }
{{ s %}
{% if t %}
{% if t %}x{% endfor %}
{% endif %}
{% else %}
{% for %}{% endfor %}
{% for x l %}{% endfor %}
{% for x in l %}
{% set %}
{% set x %}
{% set 1 = 2 %}
{% set none = 2 %}
{% nope %}
{% macro %}{% endmacro %}
{% macro m(a=1, b) %}{% endmacro %}
{% block a %}{% endblock %}{% block a %}{% endblock %}
{% block %}{% endblock %}
{% include %}
{% import 'lib.j2' %}
{% from 'lib.j2' %}
{% raw %}x
{# open
{{ }}
{%  %}
{{ 1 | }}
{{ x | nope }}
{{ x is nope }}
{{ lookup('nope') }}
{{ foo bar }}
{{ d.a.b.c }}
{{ lazy }} {{ chain }}
{{ caller() }}
{{ loop.index }}
{{ super() }}
{{ self.nope() }}
{% print s %}
{% autoescape true %}{{ '<b>' }}{% endautoescape %}
{% for x in l %}{{ x }}{{ loop.foo }}{% endfor %}
{% for x in l recursive %}{{ loop }}{% endfor %}
{% set loop = 1 %}{{ loop }}
{% for s in l %}{{ s }}{% endfor %}{{ s }}
{% if t %}{{ l }}{% endif %}
{% for x in [1] %}{{ [x] }}{% endfor %}
{% set x %}{{ [1] }}{% endset %}{{ x }}
{% macro m() %}{{ [1] }}{% endmacro %}{{ m() }}
{% if f %}x{% endif %}
{% set x = 1 %}
{# c #}{{ l }}
"""

FILES = {
    'part.j2': 'part {{ s }} {{ v | default("none") }}\n',
    'lib.j2': "{% macro hi(x) %}hi {{ x }}{% endmacro %}{% set const = 42 %}{% set _private = 1 %}{% macro seen() %}{{ s | default('blind') }}{% endmacro %}\n",
    'base.j2': '<{% block title %}base{% endblock %}|{% block body %}body{% endblock %}>\n',
    'mid.j2': "{% extends 'base.j2' %}{% block title %}mid{% endblock %}{% block body %}mid+{{ super() }}{% endblock %}\n",
}


def templates():
    # Cases are separated by a line that starts a new one: a line is a case of its own unless it is listed with its followers here.
    multi = []
    lines = TEMPLATES.strip('\n').split('\n')
    starts = {'{% if t %}': {'\nx\n\n{% endif %}\n\ny': 7}}
    i = 0
    while i < len(lines):
        line = lines[i]
        take = 1
        rest = lines[i:i + 7]
        if rest[:7] == ['{% if t %}', '', 'x', '', '{% endif %}', '', 'y']:
            take = 7
        elif line in ('{% if t -%}', '  {% if t %}') or (line == '{% for x in l %}' and rest[1:2] == ['- {{ x }}']) or line == '{% for x in l -%}':
            take = 4
        elif line == '{% raw -%}':
            take = 3
        elif line.startswith('#jinja2: variable') or line.startswith('#jinja2: nonsense'):
            take = 2
        elif line.startswith('#jinja2:'):
            take = 5
        multi.append('\n'.join(lines[i:i + take]))
        i += take
    for case in multi:
        yield case
        if '\n' in case:
            yield case + '\n'


def answer(source, where):
    templar = Templar(DataLoader(), variables=rec(VARS))
    templar.environment.loader.searchpath = [where]
    try:
        return {'is': repr(templar.template(trust_as_template(source)))}
    except Exception as error:  # noqa: BLE001
        return {'error': str(error).split('\n')[0][:200]}


def main():
    import tempfile
    here = os.path.dirname(os.path.abspath(__file__))
    with tempfile.TemporaryDirectory() as where:
        for name, text in FILES.items():
            with open(os.path.join(where, name), 'w', encoding='utf-8') as out:
                out.write(text)
        sources = ['{{ ' + one + ' }}' for one in dict.fromkeys(expressions())] + list(dict.fromkeys(templates()))
        cases = [{'t': one, **answer(one, where)} for one in sources]
        for case in cases:
            if 'error' in case:
                case['error'] = case['error'].replace(where, '.')
    with open(os.path.join(here, 'language.json'), 'w', encoding='utf-8') as out:
        out.write('{"vars": ' + json.dumps(VARS, ensure_ascii=False) + ',\n"files": ' + json.dumps(FILES) + ',\n"cases": [\n')
        out.write(',\n'.join(json.dumps(case, ensure_ascii=False) for case in cases) + '\n]}\n')
    print(len(cases), 'cases')


main()
