#!/usr/bin/env python3
"""Writes what Python's Jinja2, set up by transformers, makes of templates drawn from a grammar: every filter, test and
method with right and wrong arguments, random expressions, random nests of statements, and invented chat templates over
invented conversations. Nothing here is taken from a real template.

    python tools/oracles/jinja_grammar.py > luthier-text/src/test/resources/ai/luthier/text/jinja/grammar.json

Needs transformers and jinja2 3.1.6, Python 3.11. Options: `--seed N` draws other templates, `--count N` of each random
kind. A case is [template, text] or [template, null, error].
"""
import argparse
import inspect
import json
import random
import re
import resource
import signal

import jinja2
from jinja2.defaults import DEFAULT_FILTERS, DEFAULT_TESTS

from jinja_chats import CHATS, CONVERSATIONS
from jinja_idioms import DATA, LIMIT, NOT_THEIRS, NOW, _compile_jinja_template

# What we refuse or show differently, on purpose: chance, Python's pretty printer, bytes, sets and the template itself.
NOT_OURS = re.compile(r"\brandom\b|lipsum|pprint|encode|to_bytes|from_bytes|maketrans|keys\(\) - |items\(\) - ")

TEXTS = ["'Hello, World'", "''", "'  a b  '", "'x=1;y=2'", "'Straße'", "'a😀b'", "'123'", "'<b>&'", "'one\\ntwo\\n'", "s", "w"]
NUMBERS = ["0", "1", "-3", "7", "2.5", "-0.0", "1e16", "big", "true", "n", "f"]
LISTS = ["l", "ls", "[]", "(1, 2)", "range(4)", "mixed", "[[1, 'a'], [2, 'b']]", "people"]
DICTS = ["d", "{}", "{'x': 'y', 'z': none}", "people[0]"]
OTHERS = ["none", "missing", "true", "namespace(a=1)"]
ANY = TEXTS + NUMBERS + LISTS + DICTS + OTHERS
ARGUMENTS = ["'a'", "', '", "''", "1", "2", "-1", "0", "3", "true", "false", "none", "l", "['a', 'b']", "('a', 'H')", "d", "2.5", "missing"]


def pick(rng, values):
    return values[rng.randrange(len(values))]


def names(function):
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return []
    return [p.name for p in parameters if p.kind is not p.VAR_POSITIONAL and p.kind is not p.VAR_KEYWORD]


def call(rng, known, most=3):
    """An argument list, often wrong."""
    arguments = [pick(rng, ARGUMENTS) for _ in range(rng.choice([0, 0, 1, 1, 2, most]))]
    if known and rng.random() < 0.4:
        arguments += [f"{pick(rng, known)}={pick(rng, ARGUMENTS)}"]
    if rng.random() < 0.06:
        arguments += [f"nonesuch={pick(rng, ARGUMENTS)}"]
    return "(" + ", ".join(arguments) + ")" if arguments else ""


def signatures(rng, count):
    """Each filter, test and method some times."""
    for name, function in sorted(DEFAULT_FILTERS.items()):
        known = [n for n in names(function) if n not in ("context", "environment", "eval_ctx", "s", "value", "seq")]
        for _ in range(count):
            yield "{{ (%s)|%s%s }}" % (pick(rng, ANY), name, call(rng, known))
            yield "{{ (%s)|%s%s|list }}" % (pick(rng, LISTS), name, call(rng, known))
    for name, function in sorted(DEFAULT_TESTS.items()):
        if name.isidentifier():
            for _ in range(count):
                yield "{{ (%s) is %s%s }}" % (pick(rng, ANY), name, call(rng, names(function)[1:], 2))
    receivers = {"x": (str, TEXTS), "y": (list, LISTS[:3]), "t": (tuple, ["(1, 2)", "()"]), "d": (dict, DICTS),
                 "i": (int, ["7", "-3", "big", "true"]), "f": (float, ["2.5", "-0.0", "1e16"]), "r": (range, ["range(4)", "range(9, 0, -2)"])}
    for kind, values in receivers.values():
        for name in sorted(n for n in dir(kind) if not n.startswith("_")):
            for _ in range(count):
                yield "{{ (%s).%s%s }}" % (pick(rng, values), name, call(rng, [], 3) or "()")


FORMATS = ["'%s|%s' % (A, B)", "'%d' % A", "'%5.1f|%-4s' % (A, B)", "'{}:{!r}'.format(A, B)", "'{0:>8}{1:<6}|'.format(A, B)", "'%s'|format(A)", "'{:,}'.format(A)", "'{a}{b}'.format(a=A, b=B)", "'%(a)s' % {'a': A}"]
CHAINS = "upper lower title trim length string list first last join('-') sort unique|list reverse|list tojson default('-') int float abs round sum min max capitalize replace('a','b') e safe wordcount items|list batch(2)|list select|list map('string')|list tojson(indent=2) d('x',true) center(9) indent(2) truncate(6) striptags urlencode xmlattr groupby(0) dictsort slice(2)|list filesizeformat".split(" ")
TESTS = "defined undefined none string number mapping sequence iterable boolean true false integer float callable odd even lower upper sameas(none) in(l) eq(1) divisibleby(2) escaped".split()


def expression(rng, depth):
    if depth == 0 or rng.random() < 0.15:
        return pick(rng, ANY + ["'a'", "2", "10", "false", "d.b", "people[0].name", "l[0]", "ls[-1]", "nested"])
    inner = lambda: expression(rng, depth - 1)
    kind = rng.randrange(17)
    if kind <= 1:
        return f"({inner()} {pick(rng, ['+', '-', '/', '//', '%', '~', '~'])} {inner()})"
    if kind == 2:
        return f"({inner()} * {pick(rng, ['2', '3', '0', '-1', 'n', 'f', 'yes'])})"
    if kind == 3:
        return f"({pick(rng, NUMBERS[:5])} ** {pick(rng, ['2', '0', '3', '-1', '0.5'])})"
    if kind == 4:
        return f"({inner()} {pick(rng, ['==', '!=', '<', '<=', '>', '>='])} {inner()})"
    if kind == 5:
        return f"({inner()} {pick(rng, ['in', 'not in'])} {inner()})"
    if kind == 6:
        return f"({inner()} {pick(rng, ['and', 'or'])} {pick(rng, ['', 'not '])}{inner()})"
    if kind == 7:
        return f"({inner()} if {inner()} else {inner()})" if rng.random() < 0.8 else f"({inner()} if {inner()})"
    if kind in (8, 9):
        return f"({inner()})|{pick(rng, CHAINS)}"
    if kind == 10:
        return f"({inner()}) is {pick(rng, ['', '', 'not '])}{pick(rng, TESTS)}"
    if kind == 11:
        # Of names only: Jinja works constants out when it compiles, and there cuts what cannot be cut to nothing.
        return f"{pick(rng, ['s', 'l', 'ls', 'd', 'people', 'mixed', 'n', 'w', 'nested', 'none|d(l)'])}[{pick(rng, ['0', '-1', '1:', ':2', '::-1', '::2', '-2:', ':-1', '3:0:-1', repr('a'), '1', 'none', '-1:-3:-1', 'n:'])}]"
    if kind == 12:
        return pick(rng, FORMATS).replace("A", inner(), 1).replace("B", inner(), 1)
    if kind == 13:
        return f"[{inner()}, {inner()}]" if rng.random() < 0.6 else f"({inner()}, {inner()})"
    if kind == 14:
        return "{" + f"{pick(rng, [repr('k'), '1', 'n', repr('é'), 'none'])}: {inner()}, 'z': {inner()}" + "}"
    if kind == 15:
        return f"({inner()}).{pick(rng, 'a b name upper() lower() strip() split() items() keys() values() title() count(1) index(1) get(1) isdigit() splitlines() copy()'.split())}"
    return f"{pick(rng, ['-', '+', 'not '])}{inner()}"


def expressions(rng, count):
    for _ in range(count):
        yield "{{ " + expression(rng, rng.choice([1, 2, 2, 3])) + " }}"


def statements(rng, count):
    for _ in range(count):
        yield Nest(rng).body(rng.choice([2, 3]))


class Nest:
    """Random statements with random whitespace control; names are few, so that they meet."""

    def __init__(self, rng):
        self.rng, self.loops, self.blocks = rng, 0, 0

    def tag(self, inside):
        left = pick(self.rng, ["", "", "", "-", "+"])
        right = pick(self.rng, ["", "", "", "-", "+"])
        return "{%" + left + " " + inside + " " + right + "%}" + pick(self.rng, ["", "", "\n", " ", "\n  ", "  \n\n"])

    def show(self, inside):
        return "{{" + pick(self.rng, ["", "", "-"]) + " " + inside + " " + pick(self.rng, ["", "", "-"]) + "}}"

    def small(self):
        return pick(self.rng, ["a", "b", "n", "x", "ns.a", "ns.b", "loop.index", "loop.last", "l", "d.a", "'t'", "1", "m(1)", "m(a, b=2)", "caller() if caller else '-'",
                               "a is defined", "x|upper", "loop.previtem", "loop.nextitem|default('-')", "loop.changed(a)", "loop.cycle('p', 'q')", "varargs", "loop.length", "x ~ a", "[a, b]", "ns.a + 1",
                               "loop.depth", "messages[0].role", "a or b", "x|length", "m('z', 'y')"])

    def body(self, depth):
        return "".join(self.one(depth) for _ in range(self.rng.randrange(1, 4)))

    def one(self, depth):
        rng, kind = self.rng, self.rng.randrange(20)
        if depth == 0 or kind < 3:
            return pick(rng, ["text", " ", "\n", "  \n", "{# note #}\n", "{#- note -#}", "  {# n #}", "é\n", "<|x|>"]) + self.show(self.small())
        if kind < 5:
            tail = self.tag("elif " + self.small()) + self.body(depth - 1) if rng.random() < 0.3 else ""
            tail += self.tag("else") + self.body(depth - 1) if rng.random() < 0.5 else ""
            return self.tag("if " + self.small()) + self.body(depth - 1) + tail + self.tag("endif")
        if kind < 9:
            return self.loop(depth)
        if kind < 12:
            return self.tag("set " + pick(rng, ["a", "b", "x", "a, b", "ns", "ns.a", "ns.b", "loop"]) + " = " + pick(rng, [self.small(), self.small(), "namespace(a=1)", "1, 2", "[1, 2]", "x"]))
        if kind < 13:
            return self.tag("set " + pick(rng, ["a", "x", "ns.a", "x | upper", "a | trim | length", "x|replace('t', 'T')"])) + self.body(depth - 1) + self.tag("endset")
        if kind < 15:
            return self.tag("macro " + pick(rng, ["m(a)", "m(a, b=1)", "m(a='q', b=a)", "m()", "m(x, a=x)"])) + self.apart(depth) + self.tag(pick(rng, ["endmacro", "endmacro", "endmacro m"]))
        if kind < 16:
            return self.tag(pick(rng, ["call m(1)", "call(a) m(2)", "call(a, b=3) m('c')"])) + self.apart(depth) + self.tag("endcall")
        if kind < 17:
            return self.tag("filter " + pick(rng, ["upper", "trim", "indent(2)", "replace('t', '')|upper", "length", "e"])) + self.body(depth - 1) + self.tag("endfilter")
        if kind < 18:
            return self.tag("with " + pick(rng, ["a = 5", "a = b, b = a", "x = x ~ '!'", "a = 1, ns = namespace(a=2)"])) + self.body(depth - 1) + self.tag("endwith")
        if kind < 19 and self.loops:
            return self.tag(pick(rng, ["break", "continue"])) if rng.random() < 0.4 else self.tag("if loop.index == 2") + self.tag(pick(rng, ["break", "continue"])) + self.tag("endif")
        if rng.random() < 0.5:
            return self.tag("generation") + self.apart(depth) + self.tag("endgeneration")
        if rng.random() < 0.5:
            return self.tag("raw") + pick(rng, ["{{ x }}", "{% if %}", " {# #} ", "\n {{"]) + self.tag("endraw")
        if rng.random() < 0.5:
            return self.tag("autoescape " + pick(rng, ["true", "false", "yes"])) + self.body(depth - 1) + self.show("html") + self.show("'<' ~ x") + self.tag("endautoescape")
        self.blocks += 1
        return self.tag(f"block b{self.blocks}" + pick(rng, ["", " scoped"])) + self.apart(depth) + self.tag("endblock")

    def loop(self, depth):
        rng = self.rng
        self.loops += 1
        head = "for " + pick(rng, ["a", "x", "a, b", "_", "b"]) + " in " + pick(rng, ["l", "[]", "range(3)", "d.items()", "'ab'", "people", "messages", "[(1, 2), (3, 4)]", "l|sort", "l[::-1]", "l if a", "missing", "d|dictsort", "[[1, 2]]", "x"])
        body = self.body(depth - 1)
        self.loops -= 1
        otherwise = self.tag("else") + self.body(depth - 1) if rng.random() < 0.2 else ""
        return self.tag(head + pick(rng, ["", "", "", " if a", " if loop is defined", " recursive"])) + body + otherwise + self.tag("endfor")

    def apart(self, depth):
        loops, self.loops = self.loops, 0
        body = self.body(depth - 1)
        self.loops = loops
        return body


def conversations():
    for template in CHATS:
        for variables in CONVERSATIONS:
            yield template, variables


class TooLong(BaseException):
    pass


def too_long(*_):
    raise TooLong


def render(template, variables):
    signal.alarm(4)
    try:
        compiled = _compile_jinja_template(template)
        compiled.environment.globals["strftime_now"] = NOW.strftime
        return [template, compiled.render(**json.loads(json.dumps(variables)))]
    except TooLong:
        return [template, "at 0x"]
    except Exception as error:  # every failure is a result here
        return [template, None, type(error).__name__ + ": " + str(error)]
    finally:
        signal.alarm(0)


def main():
    assert jinja2.__version__ == "3.1.6", jinja2.__version__
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))
    signal.signal(signal.SIGALRM, too_long)
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=20260304)
    parser.add_argument("--count", type=int, default=800)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    drawn = list(signatures(rng, max(1, options.count // 200)))
    drawn += list(expressions(rng, options.count)) + list(statements(rng, options.count))
    variables = {**DATA, "messages": CONVERSATIONS[0]["messages"], "a": 4, "x": "t<x>"}
    cases = [render(template, variables) for template in dict.fromkeys(drawn) if not NOT_OURS.search(template)]
    cases = [case for case in cases if not any(part and NOT_THEIRS.search(part) for part in case[1:])]
    chats = [[number, *render(CHATS[number], variables)[1:]] for number in range(len(CHATS)) for variables in CONVERSATIONS]
    command = f"python tools/oracles/jinja_grammar.py --seed {options.seed} --count {options.count}"
    print(json.dumps({"command": command, "variables": variables})[:-1] + ', "cases": [')
    print(",\n".join(json.dumps(case) for case in cases))
    print('], "chats": ' + json.dumps(CHATS) + ', "conversations": ' + json.dumps(CONVERSATIONS) + ', "rendered": [')
    print(",\n".join(json.dumps(case) for case in chats))
    print("]}")


if __name__ == "__main__":
    main()
