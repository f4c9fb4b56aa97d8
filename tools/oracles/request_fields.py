#!/usr/bin/env python3
"""Writes the names of the fields that OpenAI's specification knows for the requests Luthier reads.

    tools/oracles/request_fields.py PATH/TO/openapi.json

Names only: a request with any other field is answered with "Unrecognized request argument supplied: ...".
"""
import json
import pathlib
import sys

spec = json.load(open(sys.argv[1]))
schemas = spec["components"]["schemas"]


def names(schema):
    """All property names of a schema, through references, allOf, anyOf and oneOf."""
    if "$ref" in schema:
        return names(schemas[schema["$ref"].rsplit("/", 1)[1]])
    found = set(schema.get("properties", {}))
    for part in schema.get("allOf", []) + schema.get("anyOf", []) + schema.get("oneOf", []):
        found |= names(part)
    return found


def inner(schema, *path):
    """The schema at a path of property names, through references and combinations."""
    if "$ref" in schema:
        return inner(schemas[schema["$ref"].rsplit("/", 1)[1]], *path)
    if not path:
        return schema
    if path[0] in schema.get("properties", {}):
        return inner(schema["properties"][path[0]], *path[1:])
    for part in schema.get("allOf", []) + schema.get("anyOf", []) + schema.get("oneOf", []):
        try:
            return inner(part, *path)
        except KeyError:
            pass
    raise KeyError(path)


whole = {
    "chat": "CreateChatCompletionRequest",
    "completion": "CreateCompletionRequest",
    "file": "CreateFileRequest",
    "job": "CreateFineTuningJobRequest",
    "method": "FineTuneMethod",
    "method.supervised": "FineTuneSupervisedMethod",
    "method.dpo": "FineTuneDPOMethod",
    "hyperparameters": "FineTuneSupervisedHyperparameters",
    "hyperparameters.dpo": "FineTuneDPOHyperparameters",
    "message.developer": "ChatCompletionRequestDeveloperMessage",
    "message.system": "ChatCompletionRequestSystemMessage",
    "message.user": "ChatCompletionRequestUserMessage",
    "message.tool": "ChatCompletionRequestToolMessage",
    "message.function": "ChatCompletionRequestFunctionMessage",
    "part.text": "ChatCompletionRequestMessageContentPartText",
    "part.refusal": "ChatCompletionRequestMessageContentPartRefusal",
    "tool": "ChatCompletionTool",
    "tool.function": "FunctionObject",
    "function": "ChatCompletionFunctions",
    "tool_call": "ChatCompletionMessageToolCall",
    "stream_options": "ChatCompletionStreamOptions",
}
fields = {key: sorted(names(schemas[schema])) for key, schema in whole.items()}
# Clients hand an assistant message back as they got it, so what an answer may hold is known too.
fields["message.assistant"] = sorted(
    names(schemas["ChatCompletionRequestAssistantMessage"]) | names(schemas["ChatCompletionResponseMessage"])
)
fields["tool_call.function"] = sorted(names(inner(schemas["ChatCompletionMessageToolCall"], "function")))
fields["function_call"] = sorted(names(inner(schemas["ChatCompletionRequestAssistantMessage"], "function_call")))
fields["response_format"] = sorted(names(schemas["ResponseFormatText"]) | names(schemas["ResponseFormatJsonSchema"]))
# What Luthier adds to the specification.
fields["luthier"] = ["overlong"]

target = pathlib.Path(__file__).parents[2] / (
    "luthier-server/src/main/resources/ai/luthier/server/http/request/request-fields.json"
)
target.write_text(json.dumps(dict(sorted(fields.items())), indent=1) + "\n")
print(target, sum(map(len, fields.values())), "names")
