# OpenAssistant messages (one JSON object a line: message_id, parent_id, role, text, labels …) to interactions: each
# assistant message with the text of the prompter's message it answers. The label `quality`, 0 to 1, becomes 1 to 5 stars.
#
#   jq -c -n -f pipelines/examples/oasst.jq messages.jsonl | fb-ingest > interactions.ndjson
#
# Messages whose parent is not among the input are left out; if there are any, a line on standard error counts.

# The stars of a share, to a millionth of a star.
def stars: (1 + 4 * .) * 1000000 | round / 1000000;

def quality: .labels as $labels
  | ($labels.name // [] | index("quality")) as $at
  | if $at == null then null else $labels.value[$at] end;

[inputs] as $messages
| ($messages | map(select(.role == "prompter") | {key: .message_id, value: .text}) | from_entries) as $prompts
| ($messages | map(select(.role == "assistant"))) as $answers
| ($answers | map(select($prompts[.parent_id // ""]))) as $joined
| ($joined[]
   | quality as $quality
   | {id: .message_id, timestamp: .created_date, session_id: .message_tree_id, user_id,
      user_prompt: $prompts[.parent_id], ai_response: .text, language: .lang, model: .model_name,
      feedback: (if $quality == null then null
        else {user_rating: ($quality | stars), scale: {name: "quality", value: $quality, min: 0, max: 1}} end)}
   | with_entries(select(.value != null))),
  # halt_error prints a plain line with every version of jq; `stderr` prints a JSON string with 1.6.
  (($answers | length) - ($joined | length)
   | select(. > 0)
   | "oasst.jq: \($joined | length) of \($answers | length) assistant messages written, "
     + "\($joined | map(select(quality != null)) | length) with a quality; "
     + "left out: \(.) whose parent is not in the input\n"
   | halt_error(0))
