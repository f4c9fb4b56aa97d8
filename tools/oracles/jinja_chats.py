"""Chat templates and conversations invented for `jinja_grammar.py`: what real templates do, done in other ways."""

WEATHER = {"type": "function", "function": {"name": "get_weather", "description": "Weather \"now\" in <city>", "parameters": {
    "type": "object", "properties": {"city": {"type": "string", "description": "Où ?"}, "days": {"type": ["integer", "null"], "default": 3, "enum": [1, 3, 7]},
    "opts": {"type": "object", "properties": {"unit": {"type": "string"}}}}, "required": ["city"]}}}
PLAIN = {"name": "now", "description": "", "parameters": {"type": "object", "properties": {}}}
CALL = {"id": "c1", "type": "function", "function": {"name": "get_weather", "arguments": {"city": "Köln", "days": 3, "opts": {"unit": "°C"}, "x": [1, 2.50, True, None]}}}

CONVERSATIONS = [
    {"messages": [{"role": "user", "content": "Hi there"}, {"role": "assistant", "content": "Hello!\n"}], "bos_token": "<s>", "eos_token": "</s>", "add_generation_prompt": False},
    {"messages": [{"role": "system", "content": "  Be <brief> & kind.  "}, {"role": "user", "content": "Weather?"},
                  {"role": "assistant", "content": None, "tool_calls": [CALL, {"function": {"name": "now", "arguments": "{\"a\": 1}"}}]},
                  {"role": "tool", "name": "get_weather", "tool_call_id": "c1", "content": "{\"t\": 21.5}"}, {"role": "tool", "content": [{"type": "text", "text": "12:00"}]},
                  {"role": "assistant", "content": "<think>\nSunny? yes\n</think>\n\nIt is 21.5 °C ☀️.", "reasoning_content": "Sunny"}, {"role": "user", "content": "Thanks"}],
     "tools": [WEATHER, PLAIN], "bos_token": "<s>", "eos_token": "</s>", "add_generation_prompt": True, "enable_thinking": False},
    {"messages": [{"role": "user", "content": [{"type": "text", "text": "Look "}, {"type": "image"}, {"type": "text", "text": "here"}]},
                  {"role": "assistant", "content": [{"type": "text", "text": "A cat 🐈‍⬛"}], "weight": 0}, {"role": "user", "content": "one\r\ntwo\u2028three"}],
     "documents": [{"title": "T1", "text": "Alpha\nBeta"}, {"title": "T2", "text": ""}], "bos_token": "", "add_generation_prompt": True},
    {"messages": [{"role": "assistant", "content": "I begin"}, {"role": "assistant", "content": "and go on"}, {"role": "user", "content": ""}, {"role": "developer", "content": "dev"}], "bos_token": "<s>", "eos_token": "</s>"},
    {"messages": [], "add_generation_prompt": True, "bos_token": "<s>"},
    {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "<think>a</think>b<think>c</think>d", "tool_calls": []}, {"role": "user", "content": "/no_think go"}], "tools": [], "bos_token": "<s>", "eos_token": "</s>", "add_generation_prompt": True, "enable_thinking": True, "date_string": "1 Jan"},
]

CHATS = [
    # macros that call each other and themselves, over a schema
    """{%- macro kind(spec, depth=0) -%}
  {%- if spec.type is iterable and spec.type is not string -%}{{ spec.type|join(' | ') }}
  {%- elif spec.type == 'object' and spec.properties -%}{ {%- for key, value in spec.properties|dictsort %}{{ '\\n' ~ '  ' * (depth + 1) ~ key }}{{ '?' if key not in spec.required|default([]) }}: {{ kind(value, depth + 1) }}{%- if value.enum %} = {{ value.enum|map('tojson')|join(' or ') }}{% endif %}{{ ',' if not loop.last }}{%- endfor -%}{{ '\\n' ~ '  ' * depth }}}
  {%- else -%}{{ spec.type or 'any' }}{%- endif -%}
{%- endmacro -%}
{%- for tool in tools or [] %}{% set f = tool.function if tool.function is defined else tool %}type {{ f.name|title|replace('_', '') }} = {{ kind(f.parameters) }};
{% endfor %}{% for m in messages %}{{ m.role|upper }}> {{ m.content if m.content is string else m.content|tojson }}
{% endfor %}""",
    # call blocks with arguments
    """{% macro turn(role, last=false) %}<|{{ role }}|>{{ caller(role|length, last=last) }}<|end|>{{ varargs|join }}{% endmacro -%}
{% for m in messages %}{% call(size, last=none) turn(m['role'], loop.last) %}{{ size }}:{{ last }}:{{ m.content|default('', true) }}{% endcall %}
{% endfor %}""",
    """{% macro wrap(tag) %}<{{ tag }}{{ kwargs|xmlattr }}>{% if caller %}{{ caller() }}{% else %}/{% endif %}</{{ tag }}>{% endmacro %}{% for m in messages %}{% call wrap('m', role=m.role, n=loop.index) %}{% call wrap('c') %}{{ m.content|string|trim|e }}{% endcall %}{{ wrap('hr') }}{% endcall %}{% endfor %}""",
    # strict alternation
    """{{ bos_token }}{% for m in messages %}{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Roles must alternate, not ' ~ m.role ~ ' at ' ~ loop.index0) }}{% endif %}[{{ m.role[0]|upper }}]{{ m.content|trim }}{{ eos_token if m.role == 'assistant' }}{% endfor %}""",
    # system first, sliced away
    """{% if messages and messages[0].role == 'system' %}{% set system, rest = messages[0].content, messages[1:] %}{% else %}{% set system, rest = 'none given', messages %}{% endif %}S={{ system|trim }};{% for m in rest[-3:] %}{{ loop.revindex }}/{{ loop.revindex0 }}:{{ m.role }}{{ '+' if loop.nextitem is defined and loop.nextitem.role == m.role else '-' }}{{ loop.previtem.role if not loop.first else '^' }};{% endfor %}""",
    # namespaces, reversed search, break and continue
    """{% set ns = namespace(last=-1, tools=0, seen=[], text='') %}{% for m in messages[::-1] %}{% set i = (messages|length - 1) - loop.index0 %}{% if ns.last < 0 and m.role == 'user' %}{% set ns.last = i %}{% endif %}{% if m.role == 'tool' %}{% set ns.tools = ns.tools + 1 %}{% continue %}{% endif %}{% set ns.seen = ns.seen + [m.role] %}{% if loop.index > 5 %}{% break %}{% endif %}{% endfor %}{{ ns.last }} {{ ns.tools }} {{ ns.seen }} {{ ns.seen|unique|list }} {{ ns }}""",
    # think blocks cut by string methods
    """{% for m in messages if m.role == 'assistant' %}{% set c = m.content if m.content is string else '' %}{% if '</think>' in c %}{% set head, sep, tail = c.rpartition('</think>') %}[{{ head.split('<think>')[-1].strip('\\n') }}][{{ tail.lstrip('\\n') }}]{{ c.split('</think>', 1)[1] }}|{{ c.split('</think>')|length }}{% else %}({{ c.rstrip() }}){% endif %}{% if m.reasoning_content %}{{ m.reasoning_content.upper() }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<think>\\n\\n</think>\\n' if enable_thinking is defined and enable_thinking is false else '<think>\\n' }}{% endif %}""",
    # tool calls, arguments of either kind
    """{% for m in messages %}{% for c in m.tool_calls or [] %}{% set f = c.function|default(c) %}{{ '{"name": "' ~ f.name ~ '", "arguments": ' }}{{ f.arguments if f.arguments is string else f.arguments|tojson }}{{ '}' }}{% if f.arguments is mapping %}{% for k, v in f.arguments|items %}
<{{ k }}>{{ v if v is string else v|tojson(ensure_ascii=true) }}</{{ k }}>{% endfor %}{{ f.arguments|tojson(indent=2, sort_keys=true) }}{{ f.arguments }}{% endif %}{% endfor %}{% endfor %}""",
    # parts of content
    """{% for m in messages %}{% if m.content is string %}{{ m.content }}{% elif m.content is none %}(nothing){% else %}{% for p in m.content %}{% if p.type == 'text' %}{{ p.text }}{% elif p['type'] in ('image', 'image_url') %}{% set n = namespace(i=loop.index) %}<image {{ '%02d' % n.i }}>{% else %}{{ raise_exception('part') }}{% endif %}{% endfor %}{{ m.content|selectattr('type', 'equalto', 'text')|map(attribute='text')|join('¶') }}{% endif %}
{% endfor %}""",
    # generation blocks and whitespace control everywhere
    """
{%- for m in messages -%}
    {%- if m.role == "assistant" %}
        {% generation %}{{- m.content }}{{ eos_token }}{% endgeneration %}
    {%- else +%}
  {{ m.role -}} : {{- m.content }}
    {%+ endif -%}
    {#- done -#}
{% endfor +%}

end
""",
    # recursive loop
    """{% for item in [messages, tools]|reject('undefined') recursive %}{% if item is mapping %}{{ loop.depth }}{ {%- for k in item|sort %}{{ k }}{{ ' ' if not loop.last }}{% endfor %}}{% elif item is string %}{{ item }}{% else %}[{{ loop(item) }}]{% endif %}{% endfor %}""",
    # set blocks with filters, filter blocks
    """{% set header | trim | upper %}
   {{ bos_token }} session {{ messages|length }}
{% endset %}{{ header }}{% filter indent(width=4, first=true) %}{% for m in messages %}{{ m.role.ljust(10, '.') }}{{ m.content|string|truncate(12, true, '…', 0) }}
{% endfor %}{% endfilter %}{% filter replace('e', '3')|title %}the end{% endfilter %}""",
    # formats
    """{% for m in messages %}{{ '%-10s|%3d|%5.1f%%' % (m.role, loop.index, 100 * loop.index / loop.length) }} {{ '{:>10}|{:03d}|{!r}'.format(m.role, loop.index0, m.content) }} {{ "%s=%r" | format(m.role, m.content) }}
{% endfor %}{{ '{0[role]} {1:.3f} {n:+,}'.format(messages[0], 2 / 3, n=1234567) }}""",
    # dates and dictionaries
    """{% if not date_string is defined %}{% set date_string = strftime_now('%d %b %Y') %}{% endif %}{{ date_string }} {{ strftime_now("%A %-d %B, %H:%M:%S %j %y %p %%") }}{% set roles = dict() %}{% for m in messages %}{% set _ = roles.update({m.role: 1}) %}{% endfor %}{{ roles }}""",
    """{% set names = {'user': 'Human', 'assistant': 'Bot'} %}{% for m in messages %}{{ names.get(m.role, m.role|capitalize) }}{{ names[m.role] is defined }}: {{ m.get('content') or '' }}{{ m.pop is defined }}{{ '\\n' }}{% endfor %}{{ dict(names, tool='T', **{'x y': 1}) }}{{ names.items()|list }}{{ names|length }}""",
    # groups, batches, chains of filters
    """{% for role, group in messages|groupby('role') %}{{ role }}={{ group|map(attribute='content')|select('string')|map('length')|list }}{{ group|length }};{% endfor %}{% for pair in messages|batch(2, none) %}{{ pair|map(attribute='role', default='-')|join('/') }} {% endfor %}{% for column in messages|slice(3) %}{{ column|length }}{% endfor %}{{ messages|map(attribute='role')|unique|sort(reverse=true)|join(' < ') }}{{ messages|selectattr('tool_calls', 'defined')|map(attribute='tool_calls')|map('length')|sum }}""",
    # cycler, joiner, changed
    """{% set row = cycler('odd', 'even') %}{% set comma = joiner(' | ') %}{% for m in messages %}{{ comma() }}{{ row.current }}{{ row.next() }}{{ loop.cycle(1, 2, 3) }}{% if loop.changed(m.role) %}*{% endif %}{{ m.role }}{% else %}nobody{% endfor %}{{ row.reset() }}{{ row.next() }}""",
    # undefined things
    """{{ nothing_here }}[{{ messages[0].nope }}]{{ tools is defined and tools }}{{ (tools or documents)|default('d')|length }}{{ messages[99] is undefined }}{{ enable_thinking|default(true) }}{{ eos_token ~ bos_token }}{{ messages|last|attr('role') }}""",
    """{% for m in messages %}{{ m.content.nope.deeper }}{% endfor %}""",
    """{% for m in messages %}{{ m.content + m.role }}{% endfor %}""",
    """{% for d in documents %}{{ loop.index }}. {{ d.title }}
{{ d.text|indent(3) }}{{ d['text'].splitlines() }}{{ d.text|wordwrap(4) }}
{% endfor %}{{ documents|tojson }}""",
    # blocks and self
    """{% block head %}{{ bos_token }}{% endblock %}{% for m in messages %}{% block one scoped %}{{ m.role }},{% endblock %}{% endfor %}{{ self.head() }}{{ self.head()|length }}""",
    # autoescape
    """{% autoescape true %}{% for m in messages %}<b>{{ m.content }}</b>{{ m.role ~ '<br>' }}{{ '<hr>'|safe }}{% set t %}<i>{{ m.role }}</i>{% endset %}{{ t }}{% endfor %}{{ ['<', '>'|safe]|join('&') }}{% endautoescape %}{{ '<' }}""",
    """{% macro b(x) %}<b>{{ x }}</b>{% endmacro %}{% autoescape true %}{{ b('<') }}{% macro c(x) %}<c>{{ x }}{{ caller() if caller }}</c>{% endmacro %}{{ c('<') }}{% call c('&') %}<d>{{ messages|length }}{% endcall %}{% filter upper %}<x>{{ '<' }}{% endfilter %}{% autoescape false %}{{ '<' }}{% endautoescape %}{% endautoescape %}{{ c('"') }}{{ b("'") }}""",
    # numbers
    """{{ 7 // 2 }} {{ -7 // 2 }} {{ 7 / 2 }} {{ 2 ** 10 }} {{ 2 ** 100 }} {{ 1e3 }} {{ 1 / 3 }} {{ true + true }} {{ 3 == 3.0 }} {{ [1.0, none, true, 'x', {'a': (1,)}] }} {{ 10 ** 16 / 3 }} {{ 0.1 + 0.2 }} {{ 5 % 3 }} {{ -5 % 3 }} {{ 1 < 2 < 3 }} {{ 1 < 2 > 3 }} {{ not 1 == 2 }} {{ messages|length * 1.5 }} {{ (messages|length / 3)|round(2) }} {{ '3' * 3 }} {{ '%.2e' % 12345.678 }} {{ 12345678901234567890 * 98765432109876543210 }}""",
    # comments, raw, odd tags
    """{# first #}
  {#- second -#}
{% raw -%}
  {{ not this }} {% nor this %}
{%- endraw %}
{{- '{{' }}{{ "{%" }}{{ '#}' }}
{%+ if true +%}

 kept
{%+ endif -%}
{{ 'a' 'b' }}{{ "it's" }}{{ 'tab\\there' }}{{ '\\u00e9\\x41\\N{BULLET}' }}""",
    # nested conditions in line
    """{% for m in messages %}{{ 'U' if m.role == 'user' else 'A' if m.role == 'assistant' else 'S' if m.role in ['system', 'developer'] else m.name or m.tool_call_id or '?' }}{{ '!' if loop.last and add_generation_prompt }}{% endfor %}{{ ('yes' if tools) }}|{{ ('x' if false) is defined }}""",
    # with, scopes, shadowing
    """{% set role = 'outer' %}{% for m in messages %}{% with role = m.role, was = role %}{{ was }}>{{ role }};{% set role = 'inner' %}{{ role }}{% endwith %}{% set role = role ~ '+' %}{{ role }}{% endfor %}{{ role }}{% macro show() %}{{ role }}{% set role = 'm' %}{{ role }}{% endmacro %}{{ show() }}{% if true %}{% set role = 'if' %}{% endif %}{{ role }}{{ show() }}""",
    # arguments unpacked
    """{% macro m(a, b='B', c=none) %}({{ a }},{{ b }},{{ c }}){% endmacro %}{{ m(*['1', '2']) }}{{ m(**{'a': 3, 'c': 4}) }}{{ m('x', c=m('y')) }}{{ m() }}{% for x in messages %}{{ m(*x.items()|list|first) }}{% endfor %}{{ m.name }}{{ m.arguments }}{{ [m is callable, m is defined] }}""",
    """{{ messages|tojson }}{{ messages|tojson(indent=4) }}{{ messages|tojson(separators=(',', ':')) }}{{ messages|tojson(ensure_ascii=True, sort_keys=True) }}{{ tools|tojson if tools }}{{ messages|string|length }}{{ messages|map('tojson', ensure_ascii=True)|map('length')|list }}""",
    """{% for line in messages|map(attribute='content')|select('string')|join('\\n')|trim|replace('\\r\\n', '\\n') %}{{ line if line.isalnum() else '_' }}{% endfor %}{% for m in messages if m.content is string and m.content.startswith(('H', 'W', '/')) %}{{ m.content.removeprefix('/no_think').strip().swapcase().zfill(12).center(20, '*') }}{{ m.content.find('i') }}{{ m.content.endswith('?') }}{{ m.content.partition(' ') }}{{ m.content.casefold().title().count('e') }}{% endfor %}""",
    """{%- set counts = namespace(user=0, assistant=0) -%}{%- for m in messages -%}{%- if m.role == 'user' -%}{%- set counts.user = counts.user + 1 -%}{%- elif m.role == 'assistant' -%}{%- set counts.assistant = counts.assistant + m.content|string|wordcount -%}{%- endif -%}{%- endfor -%}{{ counts.user }}/{{ counts.assistant }}{{ counts.nope is defined }}{{ [counts.user, counts.assistant]|max }}{{ messages|map(attribute='role')|list|tojson }}{{ (messages|map(attribute='role')|list).count('user') }}{{ (messages|map(attribute='role')|list).index('user') }}""",
    """{% print messages|length, 'x' %}{% for m in messages %}{% if loop.first %}{% continue %}{% endif %}{% for c in m.content if c is string and c not in 'aeiou' %}{% if loop.index > 3 %}{% break %}{% endif %}{{ c|upper }}{% else %}-{% endfor %}{% endfor %}""",
    """{% set links %}see http://example.org/a?b=1&c=<2> and mail me@example.org, or (www.example.com).{% endset %}{{ links|urlize }}{{ links|urlize(12, true, target='_blank') }}{{ messages|map(attribute='content')|join(' ')|urlize }}{{ ['one']|random }}""",
]
