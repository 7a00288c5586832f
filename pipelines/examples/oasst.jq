# OpenAssistant messages (one JSON object a line: message_id, parent_id, role, text, labels …) to interactions: each
# assistant message with the text of the prompter's message it answers. The label `quality`, 0 to 1, is lifted to stars.
#
#   jq -c -n -f pipelines/examples/oasst.jq messages.jsonl > interactions.ndjson
#
# Messages whose parent is not in the file are reported on standard error and left out.

def stars($quality): 1 + 4 * $quality;

def feedback:
  (.labels // {name: [], value: []}) as $labels
  | ($labels.name | index("quality")) as $at
  | if $at == null then {}
    else $labels.value[$at] as $q
      | {feedback: {user_rating: stars($q), scale: {name: "quality", value: $q, min: 0, max: 1}}}
    end;

[inputs] as $messages
| ($messages | map(select(.role == "prompter") | {key: .message_id, value: .text}) | from_entries) as $prompts
| ($messages | map(select(.role == "assistant"))) as $answers
| ($answers | map(select($prompts[.parent_id // ""] == null) | .message_id)) as $unmatched
| (if $unmatched == [] then empty
   else ("oasst.jq: \($unmatched | length) of \($answers | length) assistant messages have no parent in the input"
     | stderr | empty)
   end),
  ($answers[]
   | select($prompts[.parent_id // ""] != null)
   | {id: .message_id, timestamp: .created_date, session_id: .message_tree_id, user_id: .user_id,
      user_prompt: $prompts[.parent_id], ai_response: .text, language: .lang, model: .model_name}
     + feedback)
