#!/usr/bin/env python3
"""Writes what Python's Jinja2, set up by transformers, makes of templates of our own.

    python tools/oracles/jinja_cases.py > luthier-text/src/test/resources/ai/luthier/text/jinja/golden.json

Needs transformers and jinja2 3.1.6. Each case: a template, its variables, and the text or the error it gives.
"""
import datetime
import json
import sys

import jinja2
from transformers.utils.chat_template_utils import _compile_jinja_template

NOW = datetime.datetime(2026, 3, 4, 15, 6, 7)

MESSAGES = [
    {"role": "system", "content": " Be brief. "},
    {"role": "user", "content": "Hi <there> & 'you'\n"},
    {"role": "assistant", "content": "<think>\nhm\n</think>\n\nHello \"friend\""},
    {"role": "user", "content": "ünïcode 漢字 😀\ttab"},
    {"role": "assistant", "content": None, "tool_calls": [
        {"id": "c1", "type": "function", "function": {"name": "f", "arguments": {"b": 1, "a": [1.5, True, None, "x"], "é": {}}}}]},
    {"role": "tool", "content": "[1, 2]", "name": "f"},
]
DATA = {
    "messages": MESSAGES, "bos_token": "<s>", "eos_token": "</s>", "add_generation_prompt": True,
    "n": 7, "neg": -7, "big": 123456789012345678901234567890, "f": 2.5, "tiny": 1e-7, "huge": 1e22, "third": 1 / 3,
    "yes": True, "no": False, "nothing": None, "empty": "", "s": "  Hello World  ", "word": "straße", "emoji": "a😀b",
    "items": [3, 1, 2], "names": ["bob", "Alice", "carol", "alice"], "nested": [[1, [2, "x"]], {"k": (None)}],
    "d": {"b": 2, "a": 1, "C": 3, "items": "shadow"}, "people": [
        {"name": "Ann", "age": 30, "tags": {"x": 1}}, {"name": "bob", "age": 25, "tags": {"x": 2}}, {"name": "Cid", "age": 30, "tags": {}}],
    "html": "<b>\"x\" & 'y'</b>", "lines": "one\ntwo\r\nthree\n\nfour", "surrogates": "\U0001f469‍\U0001f680",
    "tools": [{"type": "function", "function": {"name": "get", "description": "Gets <it>", "parameters": {
        "type": "object", "properties": {"q": {"type": "string", "enum": ["a", "b"]}, "n": {"type": ["integer", "null"], "default": 1.0}}, "required": ["q"]}}}],
}

# One template a line where it fits; a template with a name is a whole chat template.
EXPRESSIONS = r"""
yes ~ no ~ nothing ~ n ~ f ~ tiny ~ huge ~ third ~ big
items ~ nested ~ d ~ (1,) ~ (1, 2) ~ () ~ [] ~ {}
[1.0, 1e16, 1e15, 123456.789, 1e-4, 1e-5, 0.1, -0.0, 100.0]
'it''s' ~ "a" 'b' "\n\t\\\'\"\x41\u00e9\U0001F600\101\q"
["it's", 'say "x"', 'both \' and "', "tab\tnl\n", "é\x00\x7f\xa0", "\u200b", "😀"]
1 + 2 * 3 - 4 / 2 ~ 7 // 2 ~ -7 // 2 ~ 7 % 3 ~ -7 % 3 ~ 2 ** 3 ** 2 ~ -2 ** 2
7.5 // 2 ~ ' ' ~ -7.5 // 2 ~ ' ' ~ -7.5 % 2 ~ ' ' ~ 7 / 2 ~ ' ' ~ 2 ** -1 ~ ' ' ~ 2 ** 0.5
1 / 3 ~ ' ' ~ 10 / 5 ~ ' ' ~ big / 3 ~ ' ' ~ big * big ~ ' ' ~ True + True
'ab' * 3 ~ 3 * 'ab' ~ [1] * 2 ~ (1, 2) + (3,) ~ [1] + [2] ~ 'x' * -1
1 < 2 < 3 ~ (1 < 3 < 2) ~ ('a' < 'b') ~ (1 == 1.0) ~ (True == 1) ~ ('1' == 1) ~ ([1] < [2]) ~ ((1, 2) <= (1, 2))
('a' in 'abc') ~ ('z' not in 'abc') ~ (1 in [1.0]) ~ ('b' in d) ~ (2 in d) ~ ('' in '') ~ (not 'a' in 'abc')
(nothing or 'x') ~ ('' or 0 or []) ~ (1 and 2) ~ ('' and 1) ~ (not not 1) ~ (nothing and x) ~ (no or missing or 'z')
'y' if yes else 'n'
'y' if no
('a' if no) is defined
'a' if no else 'b' if no else 'c'
n is defined ~ missing is defined ~ missing is undefined ~ d.zz is defined ~ d.b is defined ~ messages[9] is defined
missing ~ '|' ~ missing|length ~ '|' ~ missing|default('dd') ~ missing|list ~ (missing == missing2) ~ (not missing)
missing.x
missing + 'a'
'a' + missing
missing()
missing[0]
missing[1:]
nothing.x
nothing.x.y
nothing[1:]
d.zz.y
n + 'a'
'a' + n
'a' + nothing
[1] + (2,)
nothing + 1
d + d
-'a'
1 < 'a'
nothing < 1
1 in 5
1 in 'abc'
n()
'x'()
1 / 0
1 % 0
1.5 // 0
[1, 2]['a']
{[1]: 2}
s.upper() ~ s.lower() ~ s.strip() ~ s.title() ~ s.swapcase() ~ s.strip().capitalize() ~ s|capitalize ~ s|title
word.upper() ~ word|length ~ word.title() ~ 'ǆ'.title() ~ 'İ'.lower()|length ~ "o'neil-smith x2y".title() ~ ("o'neil-smith (x) x2y"|title)
emoji|length ~ emoji[1] ~ emoji[::-1] ~ emoji[1:] ~ emoji[-1] ~ emoji.find('b') ~ emoji.index('b') ~ emoji|upper ~ emoji|list ~ surrogates|length
emoji.center(7, '*') ~ '|' ~ 'ab'.center(5) ~ '|' ~ 'abc'.center(6, '-') ~ '|' ~ 'x'.ljust(3) ~ '|' ~ 'x'.rjust(3, '0') ~ '|' ~ '-5'.zfill(4)
'xxaxx'.strip('x') ~ 'abcba'.lstrip('ab') ~ 'abcba'.rstrip('ab') ~ '\u3000 a\x1c'.strip() ~ 'a'.strip('') ~ '|'
'a,b,,c'.split(',') ~ 'a,b,,c'.split(',', 1) ~ ' a  b '.split() ~ ' a  b c '.split(none, 1) ~ 'abc'.split('bc') ~ ''.split(',') ~ ''.split()
'a,b,,c'.rsplit(',', 1) ~ ' a  b c '.rsplit(none, 1) ~ 'a b c'.rsplit() ~ 'a,b'.rsplit(',') ~ 'a,b,c'.split(',', maxsplit=1) ~ 'a b'.split(sep=' ')
'a'.split('')
lines.splitlines() ~ lines.splitlines(true) ~ 'a\x0bb\x85c'.splitlines() ~ ''.splitlines()
'a=b=c'.partition('=') ~ 'a=b=c'.rpartition('=') ~ 'abc'.partition('x') ~ 'abc'.rpartition('x')
'aXbXc'.replace('X', '--') ~ 'aXbXc'.replace('X', '', 1) ~ 'abc'.replace('', '-') ~ ''.replace('', '-') ~ 'aaa'.replace('aa', 'b') ~ 'é😀'.replace('', '.')
'abc'.startswith('ab') ~ 'abc'.startswith(('x', 'a')) ~ 'abc'.endswith('c', 0, 2) ~ 'abc'.startswith('b', 1) ~ 'abc'.endswith('') ~ 'abc'.startswith('abcd')
'abc'.startswith(1)
'abcabc'.find('c') ~ 'abcabc'.rfind('c') ~ 'abc'.find('z') ~ 'abcabc'.find('c', 3) ~ 'abcabc'.count('bc') ~ 'aaa'.count('aa') ~ 'abc'.count('')
'abc'.index('z')
'-'.join(['a', 'b']) ~ ','.join(d) ~ ''.join([]) ~ '-'.join('abc')
','.join([1])
'12'.isdigit() ~ '1.2'.isdigit() ~ 'a'.isalpha() ~ ''.isalpha() ~ ' \n'.isspace() ~ 'A1'.isalnum() ~ '²'.isdigit() ~ '½'.isnumeric() ~ 'ab_1'.isidentifier() ~ 'Ab Cd'.istitle() ~ 'AB'.isupper() ~ 'a1'.islower() ~ '1'.islower() ~ 'é'.isascii() ~ 'a\n'.isprintable()
'prefix-x'.removeprefix('prefix-') ~ 'x.txt'.removesuffix('.txt') ~ 'a\tb'.expandtabs(4) ~ 'Straße'.casefold()
'%s is %d and %.2f' % ('x', 3.7, 2.345) ~ '%5s|%-5s|%05d|%+d|%x|%X|%o|%e|%g|%%' % ('a', 'b', 42, 7, 255, 255, 8, 12345.678, 0.0001)
'%r' % 'a' ~ '%(a)s-%(b)s' % {'a': 1, 'b': nothing} ~ '%c' % 65 ~ '%s' % items ~ '%5.1f|' % 3.14159 ~ '%s' % [(1, 2)] ~ '%g %g %g' % (1e10, 1.0, 1e-10)
'%d' % 'x'
'%s %s' % ('a',)
'%s' % ('a', 'b')
'%q' % 1
"{} {} {0}".format(1, 2)
"{0} {1} {0} {k} {{}}".format(1, 'b', k=nothing) ~ "{:>5}|{:<5}|{:^5}|{:05d}|{:,}|{:.2f}|{:x}|{:%}|{:e}|{!r}".format('a', 'b', 'c', 42, 1234567, 3.14159, 255, 0.25, 12345.678, 'q')
"{:.3}|{:10.4f}|{:+}|{: }|{:#x}|{:g}|{:_}|{:*^9}|{:>{w}}".format('abcdef', 3.14159, 5, 5, 255, 1e-7, 1234567, 'mid', 'r', w=4) ~ "{a[k]}-{b.real}".format(a={'k': 'v'}, b=3)
"{} {}".format(1)
"{x}".format(1)
items|sort ~ items|sort(reverse=true) ~ names|sort ~ names|sort(case_sensitive=true) ~ people|sort(attribute='age')|map(attribute='name')|list
people|sort(attribute='age,name')|map(attribute='name')|join(',') ~ people|map(attribute='tags.x')|list ~ people|map(attribute='zz', default='-')|list
people|selectattr('age', 'equalto', 30)|map(attribute='name')|list ~ people|rejectattr('age', 'gt', 26)|list|length ~ people|selectattr('tags')|list|length ~ people|selectattr('age', '==', 25)|first
nothing|selectattr('x')|list ~ 0|map('upper')|list ~ ''|reject|list ~ missing|map(attribute='a')|join
n|select|list
items|select('odd')|list ~ items|reject('in', [1])|list ~ items|select('divisibleby', 3)|list ~ ['', 'a']|select|list ~ [1, 'a', none]|select('string')|list
items|map('string')|list ~ names|map('upper')|join('-') ~ ['a b']|map('replace', ' ', '_')|list ~ [[1, 2], [3]]|map('length')|list ~ [[1, 2], [3]]|map(attribute=0)|list
items|first ~ items|last ~ items|length ~ items|sum ~ items|min ~ items|max ~ names|min ~ people|sum(attribute='age') ~ people|max(attribute='age') ~ []|first ~ 'abc'|first ~ 'abc'|last
items|join ~ items|join(', ') ~ people|join('/', attribute='name') ~ items|reverse|list ~ 'abc'|reverse ~ names|unique|list ~ 'abc'|list ~ d|list
items|batch(2)|list ~ items|batch(2, 'x')|list ~ items|slice(2)|list ~ [1,2,3,4,5]|slice(3, 'f')|list
people|groupby('age')|list|length
d|dictsort ~ d|dictsort(true) ~ d|dictsort(false, 'value') ~ d|dictsort(reverse=true) ~ d|items|list ~ d.items() ~ d.keys()|list ~ d.values()|list ~ d['items'] ~ d.get('zz', 'q') ~ d.get('zz') ~ d|length
nothing|items|list
nothing|length
n|length
n|list
items|map('nofilter')|list
items is notest
items|nofilter
s|trim ~ '|' ~ s|trim('H ') ~ '|' ~ n|string ~ nothing|string ~ (yes|string)|length ~ n|upper ~ [1]|trim ~ nothing|trim ~ 'x'|center(5) ~ '|'
'3.7'|int ~ 'x'|int ~ 'x'|int(5) ~ '0x1f'|int(0, 16) ~ 3.9|int ~ -3.9|int ~ nothing|int ~ '12'|float ~ 'x'|float ~ yes|int ~ '1e3'|int ~ '7'|int + 1
2.5|round ~ 3.5|round ~ 2.675|round(2) ~ 2.1|round(0, 'ceil') ~ 2.9|round(method='floor') ~ 7|round ~ 1234.5678|round(-2) ~ -2.5|abs ~ neg|abs
html|escape ~ html|e|length ~ html|safe ~ ('<a>' + html|safe) ~ (html|safe + '<a>') ~ (html|safe ~ '<a>') ~ html|striptags ~ (html|escape|safe)
lines|indent ~ '|' ~ lines|indent(2, true) ~ '|' ~ lines|indent(2, blank=true) ~ '|' ~ lines|indent('> ') ~ 'abc def ghi'|truncate(7, leeway=0) ~ 'abcdefghijk'|truncate(5, true, '..', 0) ~ 'abc'|truncate(3) ~ 'one two three'|wordcount
'a b/c?d=é&'|urlencode ~ '%s-%s'|format(1, 'b') ~ '%(a)s'|format(a=1)
d|tojson ~ nested|tojson ~ messages[4]|tojson ~ emoji|tojson ~ html|tojson ~ "\x00\x1f\x7f\u2028/"|tojson ~ [third, huge, tiny, 1.0, big]|tojson
messages[4]|tojson(indent=2) ~ messages[4]|tojson(ensure_ascii=true) ~ emoji|tojson(true) ~ d|tojson(sort_keys=true) ~ d|tojson(separators=(',', ':')) ~ []|tojson(indent=2) ~ {}|tojson(indent=2) ~ [[], {}, [1]]|tojson(indent=1) ~ (1, 2)|tojson ~ {1: 2, none: 3, true: 4, 1.5: 5}|tojson
missing|tojson
d.items()|tojson
items[0] ~ items[-1] ~ items[1:] ~ items[:-1] ~ items[::-1] ~ items[::2] ~ items[5:] ~ items[-2:] ~ items[2:0:-1] ~ 'hello'[1:4] ~ 'hello'[::-1] ~ 'hello'[-3:-1] ~ 'hello'[::2] ~ 'hello'[4:1:-2] ~ (1, 2, 3)[1:] ~ range(5)[1:3]|list ~ items[none:none] ~ items[9:0]
items[0:2:0]
items[9] ~ 'abc'[9] ~ d['zz'] ~ d[1] ~ '|' ~ items['length']
range(3) ~ range(1, 4)|list ~ range(5, 0, -2)|list ~ range(0)|list ~ range(3)|length ~ (2 in range(3)) ~ range(1, 10, 2) ~ range(3)|last
range(100001)
range(1, 2, 0)
dict(a=1, b=2) ~ dict(d, z=9)|length ~ dict([('x', 1)]) ~ namespace(a=1).a ~ (namespace() is defined)
namespace(_x=1)
s.__class__
''.__class__.__mro__
items.append(4)
d.update({'x': 1})
items.append is defined
items.index(1) ~ items.count(1) ~ d.copy().b ~ (1).bit_length() ~ (2.0).is_integer() ~ (1, 2, 2).count(2)
items.index(99)
1 is odd ~ 2 is even ~ 9 is divisibleby 3 ~ 9 is divisibleby(2) ~ n is number ~ f is float ~ n is integer ~ yes is integer ~ yes is number ~ yes is boolean ~ nothing is none ~ 'a' is string ~ d is mapping ~ items is sequence ~ d is sequence ~ 'a' is sequence ~ items is iterable ~ n is iterable ~ missing is iterable ~ missing is sequence ~ range is callable ~ 'a' is callable ~ d.items is callable
yes is true ~ 1 is true ~ no is false ~ 0 is false ~ n is sameas n ~ 'A' is upper ~ 'a' is lower ~ 1 is eq 1 ~ 1 is ne 2 ~ 2 is gt 1 ~ 2 is lt 1 ~ 2 is ge 2 ~ 2 is le 1 ~ 1 is in [1, 2] ~ 'trim' is filter ~ 'odd' is test ~ 1 is not odd ~ (not 1 is odd) ~ n is not none and n is defined ~ '<' is escaped ~ 2 is greaterthan 1 ~ 1 is lessthan 2 ~ 1 is equalto 1
raise_exception('Boom: ' ~ n)
strftime_now('%Y-%m-%d %d %b %Y %B %A %a %H:%M:%S %I %p %j %y %-d %-m %e %% %U %W %w %F %T %D %u %V %G %f %Z|')
0x1F ~ 0b101 ~ 0o17 ~ 1_000 ~ 1e3 ~ 1.5e-3 ~ 0 ~ 00 ~ 1_0.5
true ~ True ~ false ~ none ~ None
messages|map(attribute='role')|list ~ messages|selectattr('tool_calls', 'defined')|list|length ~ messages|map(attribute='content')|map('default', '?', true)|join('|')
messages[2].content.split('</think>')[0].rstrip('\n').split('<think>')[-1].lstrip('\n') ~ '|' ~ messages[2].content.split('</think>')[-1].lstrip('\n')
messages[-1].role ~ messages[0]['content']|trim|length ~ messages[4].tool_calls[0].function.arguments|tojson ~ messages[0].content.strip()[0]
(1, 2) == (1, 2) ~ [1, 2] == (1, 2) ~ {'a': 1} == {'a': 1.0} ~ nothing == no ~ '' == no ~ 0 == no ~ missing == nothing
[x for x in items]
1 if 2
'%s' % missing
missing % 2
s is string and s|length > 3 or n in [7]
('a', 'b')|join ~ ((1, (2, 3)),)[0][1][0] ~ [[1, 2], [3, 4]][1][0] ~ {'a': {'b': 'c'}}.a.b ~ {'a': 1}['a']
items|sort|first ~ -items|first
-3|abs ~ (-3)|abs ~ - -3 ~ +3 ~ not 0
10 ** 2 ~ 2 ** 10 ** 0 ~ 5 - 3 - 1 ~ 100 // 7 // 2 ~ 'a' ~ 1 + 2 ~ 'b'
people|selectattr('name', 'in', ['Ann', 'bob'])|map(attribute='age')|sum ~ people|map(attribute='name')|sort|first
'abc'|tojson|length ~ ('a' ~ 1)|tojson ~ 'a'|tojson + 'b' ~ nothing|tojson ~ yes|tojson ~ f|tojson
d.items()|list|first ~ d.values()|sum ~ d.keys()|sort|join
""".strip().split("\n")

BLOCKS = [
    "  {% if yes %}\n    a\n  {% endif %}\nb\n",
    "a\n  {%- if yes -%}\n  b  \n  {%- endif -%}\n c",
    "x {% if yes %} y {% endif %} z\n",
    "\t {%+ if yes %}\nb{% endif +%}\nc",
    "  {# comment #}\n a {#- c -#}  \n b {# x #}\n{#+ y +#}\n c{##}\nd{#-#} \n e",
    "{{ n }}\n  {{ n }}  \n{{- n -}}  \n x {{+ n }}\n",
    "a\r\nb {% if yes %}\r\nc{% endif %}\r\n{{ 'x\ry' }}\rd\r\n",
    "line\n\n",
    "\n\nline",
    "{% raw %} {{ n }} {% x %} {% endraw %}|{%- raw -%}  a  {%- endraw -%} | {% raw %}\n b\n {% endraw %}\nc",
    "{{ '}}' }}{{ '%}' }}{% if '%}' %}ok{% endif %}{{ {'a': {'b': 1}}['a'] }}{{ {'x': '}}'} }}",
    "{% set x = 1 %}{% if yes %}{% set x = 2 %}{% endif %}{{ x }}{% for i in items %}{% set x = 9 %}{{ x }}{% endfor %}{{ x }}",
    "{% set x = 1 %}{% for i in items %}{{ x }}{% set x = i %}{{ x }};{% endfor %}",
    "{% set ns = namespace(x=1, l=[]) %}{% for i in items %}{% set ns.x = ns.x + i %}{% set ns.l = ns.l + [i] %}{% endfor %}{{ ns.x }}{{ ns.l }}{{ ns.zz is defined }}",
    "{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set (c, d2) = [3, 4] %}{{ c }}{{ d2 }}{% set t = 1, %}{{ t }}",
    "{% set a, b = [1] %}",
    "{% set a, b = [1, 2, 3] %}",
    "{% set d.x = 1 %}",
    "{% set x %}  block {{ n }}\n{% endset %}[{{ x }}]{% set y | upper | trim %} q {{ n }} {% endset %}[{{ y }}]",
    "{% for i in items %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.depth }}{{ loop.previtem is defined }}{{ loop.nextitem is defined }}{{ loop.cycle('a', 'b') }}{{ loop.changed(i > 1) }};{% endfor %}",
    "{% for i in items %}{{ loop.previtem }}{{ loop.nextitem }}|{% endfor %}",
    "{% for i in [] %}x{% else %}none{% endfor %}{% for i in items if i > 5 %}x{% else %}no{% endfor %}",
    "{% for i in items if i != 1 %}{{ i }}{{ loop.index }}/{{ loop.length }}{{ loop.last }} {% endfor %}",
    "{% for k, v in d.items() %}{{ k }}={{ v }}{% if not loop.last %}, {% endif %}{% endfor %}",
    "{% for k, v in d|dictsort %}{{ k }}{{ v }}{% endfor %}{% for k in d %}{{ k }}{% endfor %}{% for c in emoji %}[{{ c }}]{% endfor %}",
    "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}",
    "{% for i in items %}{% if i == 1 %}{% continue %}{% endif %}{{ i }}{% if loop.index == 3 %}{% break %}{% endif %}{% endfor %}{% for i in range(5) %}{% if i == 2 %}{% break %}{% endif %}{{ i }}{% else %}never{% endfor %}",
    "{% for i in items recursive %}{{ loop.depth0 }}{{ i }}{% if i == 3 %}({{ loop([8, 9]) }}){% endif %}{% endfor %}",
    "{% for row in [[1, 2], [3]] %}{% set outer = loop %}{% for x in row %}{{ outer.index }}.{{ loop.index }}={{ x }} {% endfor %}{% endfor %}{{ loop is defined }}",
    "{% for i in 5 %}{% endfor %}",
    "{% for i in nothing %}{% endfor %}",
    "{% for i in missing %}x{% else %}empty{% endfor %}",
    "{% macro m(a, b=2, c='x' ~ b) %}[{{ a }}{{ b }}{{ c }}]{% endmacro %}{{ m(1) }}{{ m(1, 3) }}{{ m(1, c=4) }}{{ m(b=1, a=2) }}{{ m() }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, z=2) }}",
    "{% macro m(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, 3, k=4) }}",
    "{% macro m(x) %}{{ x.y }}{% endmacro %}{{ m() }}",
    "{% macro outer() %}{{ caller('q') }}|{{ caller('r') }}{% endmacro %}{% call(v) outer() %}{{ v }}{{ n }}{% endcall %}{% macro plain() %}<{{ caller() }}>{% endmacro %}{% call plain() %}body{% endcall %}",
    "{% macro f(k) %}{{ k }}{% if k > 0 %},{{ f(k - 1) }}{% endif %}{% endmacro %}{{ f(5) }}",
    "{% set g = 1 %}{% macro m() %}{{ g }}{{ later }}{% set g = 5 %}{{ g }}{% endmacro %}{% set g = 2 %}{% set later = 'L' %}{{ m() }}{{ g }}",
    "{% for i in items %}{% macro m() %}{{ i }}{% endmacro %}{{ m() }}{% endfor %}{{ m is defined }}",
    "{% macro m() %}  spaced  {% endmacro %}[{{ m() }}][{{ m()|trim }}]{{ m() is string }}{{ m is callable }}{{ m.name is defined }}",
    "{% with a = 1, b = n %}{{ a }}{{ b }}{% set a = 3 %}{{ a }}{% endwith %}{{ a is defined }}{% with %}{% set q = 1 %}{{ q }}{% endwith %}{{ q is defined }}",
    "{% filter upper %}abc {{ word }}{% endfilter %}{% filter replace('a', 'b')|trim %} aaa {% endfilter %}",
    "{% print n, f %}{% block title %}t{{ n }}{% endblock %}{% block x %}y{% endblock x %}",
    "{% if no %}a{% elif n == 7 %}b{% elif yes %}c{% else %}d{% endif %}{% if missing %}x{% else %}y{% endif %}{% if yes and not no %}z{% endif %}",
    "{% generation %}a{{ n }}{% set inner = 3 %}{% endgeneration %}{{ inner is defined }}{%- generation -%}  b  {%- endgeneration -%}  c",
    "{% for m in messages %}{{ '<|' + m.role + '|>' }}{% if m.role == 'assistant' %}{% generation %}{{ m.content }}{{ eos_token }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}",
    "{% set it = items|map('string') %}{{ it|list }}{{ it|list }}",
    "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.current }}{{ c.next() }}{% set j = joiner('|') %}{{ j() }}{{ j() }}",
    "{% set true = 1 %}", "{% if %}", "{% if yes %}", "{% endif %}", "{{ }}", "{{ a b }}", "{{ (1 }}", "{{ 1 ) }}", "{% foo %}", "{{ 'abc }}", "{{ n", "{# open",
    "{% for x %}{% endfor %}", "{% raw %}x", "{{ a ? b }}", "{% break %}", "{% macro m(a=1, b) %}{% endmacro %}", "{% set x = %}", "{{ items[ }}", "{% endfor %}",
    "line\n\n{% if yes %}\n{{ n.foo.bar }}\n{% endif %}",
    "{{ [n, s,] }}{{ {'a': 1,} }}{{ (n, s,) }}{{ range(3,)|list }}",
    "{%- set x = [] -%}\n{%- for m in messages if m.role == 'user' -%}\n  {%- set x = x + [m] -%}\n{%- endfor -%}\n{{ x|length }}",
    "{%if yes%}tight{%endif%}{{n}}{%-if yes-%} t {%-endif-%}",
    "{{ n }}\n{% if yes %}\n\n  two\n\n{% endif %}\n\nend",
    "{% set x = 5 -%}\n\n  {{ x }}", "  {%- set y = 1 %}\n  {{ y }}\n", "a  {{- n -}}  b\n\n{{- n }}", "{{ '' }}\n{% if yes %}a{% endif %}\n",
    "{% if yes %}\u3000{%- endif %}x\u00a0{{- n }}", "  {% if yes %}x{% endif %}  {% if yes %}y{% endif %}\n  {{ n }}  {% if yes %}z{% endif %}",
]

CHAT = {
    "plain": "{% for m in messages %}{{ '[' + m['role'] + ']\n' + (m['content'] or '') | trim + '[/]\n' }}{% endfor %}{% if add_generation_prompt %}{{ '[assistant]\n' }}{% endif %}",
    "typescript": """{%- macro type_of(p) -%}
    {%- if p.type is string -%}{{- p.type -}}
    {%- elif p.type is iterable and p.type is not mapping -%}{{- p.type | join(' | ') -}}
    {%- else -%}any{%- endif -%}
    {%- if p.enum %} in {{ p.enum | map('tojson') | join(', ') }}{% endif -%}
{%- endmacro -%}
{%- for t in tools %}
  {%- set f = t.function if t.function is defined else t %}
namespace {{ f.name }} {
  {%- for k, v in f.parameters.properties | items %}
    {{ k }}{{ '' if k in f.parameters.required else '?' }}: {{ type_of(v) }}{% if v.default is defined %} = {{ v.default }}{% endif %}{{ ',' if not loop.last }}
  {%- endfor %}
}
{%- endfor %}
""",
    "thinking": """{%- set ns = namespace(last=-1) -%}
{%- for m in messages[::-1] -%}
    {%- if m.role == 'user' and ns.last < 0 -%}{%- set ns.last = messages|length - 1 - loop.index0 -%}{%- endif -%}
{%- endfor -%}
{%- for m in messages -%}
    {%- set text = m.content if m.content is string else '' -%}
    {%- if m.role == 'assistant' and '</think>' in text -%}
        {%- set thought = text.split('</think>')[0].split('<think>')[-1].strip('\\n') -%}
        {%- set text = text.split('</think>')[-1].lstrip('\\n') -%}
        {%- if loop.index0 > ns.last -%}{{- '<think>' + thought + '</think>' -}}{%- endif -%}
    {%- endif -%}
    {{- m.role ~ ': ' ~ text -}}
    {%- for c in m.tool_calls or [] -%}{{- c.function | tojson -}}{%- endfor -%}
    {{- '\\n' if not loop.last -}}
{%- endfor -%}""",
}


def render(template, variables):
    try:
        compiled = _compile_jinja_template(template)
        compiled.environment.globals["strftime_now"] = NOW.strftime
        return {"out": compiled.render(**variables)}
    except Exception as error:  # every failure is a result here
        line = getattr(error, "lineno", None)
        return {"err": type(error).__name__ + ": " + str(error), **({"line": line} if line else {})}


def main():
    assert jinja2.__version__ == "3.1.6", jinja2.__version__
    templates = ["{{ " + e + " }}" for e in EXPRESSIONS] + BLOCKS + list(CHAT.values())
    cases = [{"template": t, **render(t, json.loads(json.dumps(DATA)))} for t in templates]
    json.dump({"command": "python tools/oracles/jinja_cases.py", "variables": DATA, "cases": cases},
              sys.stdout, ensure_ascii=True, indent=1)
    print()


if __name__ == "__main__":
    main()
