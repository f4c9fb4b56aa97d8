#!/usr/bin/env python3
"""Writes which characters transformers' assistant mask covers, for the templates that come with a `_training` twin.

    python tools/oracles/assistant_masks.py ../shared/data/chat_templates \
        > luthier-text/src/test/resources/ai/luthier/text/chat/masks.json

A twin renders the same text as its plain template (mostly) and marks with {% generation %} what the assistant writes.
The output holds our own conversations, and for each twin and conversation the hash of the text and the marked ranges
[start, end) in code points; no template and no text of one.
"""
import hashlib
import json
import pathlib
import sys

from transformers.utils.chat_template_utils import _compile_jinja_template, _render_with_assistant_indices

TOKENS = {"bos_token": "<s>", "eos_token": "</s>"}
TOOLS = [{"type": "function", "function": {"name": "weather", "description": "The weather in a city", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}]


def user(text):
    return {"role": "user", "content": text}


def assistant(text, **more):
    return {"role": "assistant", "content": text, **more}


CALL = [{"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": {"city": "Oslo"}}}]
CONVERSATIONS = {
    "one turn": {"messages": [user("Hi  there\n"), assistant("Hello & bye")]},
    "several turns": {"messages": [user("One?"), assistant("First."), user("Two?"), assistant("Second\n\nanswer."),
                                   user("Three?"), assistant("Thîrd 😀.")]},
    "system": {"messages": [{"role": "system", "content": "Be brief."}, user("Why?"), assistant("Because.")]},
    "tools": {"messages": [user("Rain?"), assistant("", tool_calls=CALL), {"role": "tool", "content": "{\"rain\": true}"},
                           assistant("Yes.")], "tools": TOOLS},
    "think": {"messages": [user("2+2?"), assistant("<think>\nEasy.\n</think>\n\nFour.")]},
    "think history": {"messages": [user("2+2?"), assistant("<think>\nEasy.\n</think>\n\nFour."), user("3+3?"),
                                   assistant("<think>\nHm.\n</think>\n\nSix.")]},
    "reasoning": {"messages": [user("2+2?"), assistant("Four.", reasoning_content="Easy.")]},
    "blank edges": {"messages": [user(" a "), assistant("b  "), user("c"), assistant("  d")]},
}


def mask(template, conversation):
    try:
        text, spans = _render_with_assistant_indices(
            _compile_jinja_template(template), conversation["messages"], conversation.get("tools"), None, False, **TOKENS)
    except Exception as error:  # a refusal is a result
        return {"error": str(error)}
    merged = []
    for start, end in spans:
        if merged and merged[-1][1] == start:
            merged[-1][1] = end
        elif end > start:
            merged.append([start, end])
    return {"sha256": hashlib.sha256(text.encode()).hexdigest(), "spans": merged}


def main():
    folder = pathlib.Path(sys.argv[1])
    twins = {}
    for path in sorted(folder.glob("*_training.jinja")):
        source = path.read_text()
        twins[path.stem] = {name: mask(source, c) for name, c in CONVERSATIONS.items()}
    json.dump({"command": "python tools/oracles/assistant_masks.py ../shared/data/chat_templates",
               "special_tokens": TOKENS, "conversations": CONVERSATIONS, "twins": twins}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
