#!/usr/bin/env python3
"""Writes the ids that transformers' tokenizers give to sentences of our own: many languages, code, emoji, blanks, control
characters, strings of special tokens.

    python tools/oracles/tokenizer_ids.py NAME=DIRECTORY … > luthier-text/src/test/resources/ai/luthier/text/tokens/ids.json

Numbers only; the vocabularies stay where they are. The committed file is of gpt2, qwen2_5, llama3_1, mistral_nemo and gemma2
(fetched by package name, see the README of the shared tokenizers) and of minimind2-small.
"""
import json
import os
import random
import sys

os.environ["HF_HUB_OFFLINE"] = "1"

from transformers import AutoTokenizer

TEXTS = [
    'Hello, world!',
    ' leading and  double  spaces ',
    '\n\n\ttabs\tand\nnewlines\r\n\r\n',
    '1234567890 3.14159 -42 1e-9 1,000,000 \u0661\u0662\u0663',
    "I'm you're they'll we've DON'T it's",
    'na\xefve caf\xe9 r\xe9sum\xe9 \xc5ngstr\xf6m e\u0301',
    '\u4f60\u597d\uff0c\u4e16\u754c\uff01\u4eca\u5929\u5929\u6c14\u600e\u4e48\u6837\uff1f',
    '\u3053\u3093\u306b\u3061\u306f\u3001\u5143\u6c17\u3067\u3059\u304b\uff1f\uff76\uff80\uff76\uff85',
    '\u041f\u0440\u0438\u0432\u0435\u0442, \u043a\u0430\u043a \u0434\u0435\u043b\u0430?',
    '\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645',
    '\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd',
    '\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e',
    '\uc548\ub155\ud558\uc138\uc694',
    '\u0e44\u0e17\u0e22\u0e41\u0e25\u0e19\u0e14\u0e4c',
    '\U0001f44b\U0001f3fd\U0001f30d\U0001f680 emoji \U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 \U0001f1f3\U0001f1f4 family',
    'def f(x):\n    return x**2  # comment\n\n\tif x:\r\n\t\tpass',
    'for (int i=0;i<10;i++){ a[i]+=i; }',
    '{"role": "user", "content": "hi\\n"}',
    'https://example.com/path?q=1&b=%20#frag',
    '<|im_start|>user\nhi<|im_end|>\n',
    '<s>[INST] hi [/INST]</s>',
    '<|user|>\nhi</s>\n<|assistant|>',
    '<start_of_turn>user\nhi<end_of_turn>',
    '<|begin_of_text|><|eot_id|>x<|start_header_id|>',
    '<bos>a<eos><pad><unk>',
    '<unk> <pad>',
    'a',
    '',
    ' ',
    '  ',
    '   \n  ',
    '\n',
    '\r',
    '\r\n',
    '\t',
    '\x00\x01 control \u200b zero-width \ufeff bom',
    'a\x00b',
    '\u2028\u2029\x85\xa0\u3000x',
    '\ufb01 ligature \xbd \u2460 \u2122 \xe9 combining \u2167 \ufdfa',
    'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    '!!!???...---___###$$$',
    'mixed\u4e2d\u6587English\u6df7\u5408text\u65e5\u672c',
    '\U0001f600\U0001f600\U0001f600',
    'supercalifragilisticexpialidocious antidisestablishmentarianism',
    '    def  g ( ) :',
    '\\n\\t\\x00',
    '<tool_call>\n{}\n</tool_call>',
    '<think>\nhm\n</think>\n\nok',
    '<|fim_prefix|>x<|endoftext|>',
    '<\uff5cbegin\u2581of\u2581sentence\uff5c>x<\uff5cend\u2581of\u2581sentence\uff5c>',
    '<0x0A>\u2581x \u2581',
    'x \u2581\u2581 y',
    '<|channel|>final<|message|>hi<|return|>',
    '\u0130stanbul \u0131\u0130 \xdf \u1e9e \u0391\u03a3',
    '\ufffd \ufffe \U0010ffff \ue000',
    'a\u0300\u0301\u0302b',
    '\U0001d54f math \U0001d54f',
    ' <s> </s> ',
    '<|endoftext|><|endoftext|>',
    '<mask>[MASK][CLS] x [SEP]',
    '...\n\n\n...',
    '9999999999999999999999999999999999999999',
    '\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5',
    'a b\xa0c\u2003d',
]
rnd = random.Random(5)
PIECES = [t for t in TEXTS if t]
for _ in range(40):
    TEXTS.append(''.join(rnd.choice(PIECES)[:rnd.randint(1,12)] for _ in range(rnd.randint(1,8))))


def main():
    ids = {}
    for argument in sys.argv[1:]:
        name, directory = argument.split("=", 1)
        tokenizer = AutoTokenizer.from_pretrained(directory)
        ids[name] = [[tokenizer(t, add_special_tokens=a)["input_ids"] for a in (True, False)] for t in TEXTS]
    print('{"command": "python tools/oracles/tokenizer_ids.py", "texts": ' + json.dumps(TEXTS) + ', "ids": {')
    print(",\n".join(
        json.dumps(name) + ": [\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "]"
        for name, rows in ids.items()))
    print("}}")


if __name__ == "__main__":
    main()
