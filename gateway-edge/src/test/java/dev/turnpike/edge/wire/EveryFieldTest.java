package dev.turnpike.edge.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What clients can say in a chat reaches the upstream byte for byte, but for the model. */
class EveryFieldTest {
    private static final String EVERYTHING =
            """
            {"messages":[{"role":"system","content":"s"},{"role":"developer","content":"d","name":"n"},
            {"role":"user","content":[{"type":"text","text":"\\u00e9 \ud83d\ude00 \\ud83d\\ude00"},
            {"type":"image_url","image_url":{"url":"data:image/png;base64,AA==","detail":"low"}},
            {"type":"image_url","image_url":{"url":"https://example.com/a.png"}},
            {"type":"input_audio","input_audio":{"data":"AA","format":"wav"}},
            {"type":"file","file":{"file_id":"f"}}]},
            {"role":"assistant","content":null,"refusal":null,"audio":{"id":"a"},"tool_calls":[
            {"id":"t1","type":"function","function":{"name":"f","arguments":"{\\"a\\": 1}"}},
            {"id":"t2","type":"function","function":{"name":"g","arguments":""}}],
            "extra_content":{"google":{"thought_signature":"c2ln"}}},
            {"role":"tool","tool_call_id":"t1","content":"1"},
            {"role":"assistant","function_call":{"name":"f","arguments":"{}"}},
            {"role":"function","name":"f","content":"2"}],
             "model" : "acme/chat", "max_tokens":0,"max_completion_tokens":7,"n":2,
            "functions":[{"name":"f","parameters":{}}],"function_call":"auto",
            "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],
            "tool_choice":"auto","parallel_tool_calls":true,"temperature":1.0,"top_p":1e-1,
            "stop":["a"],"seed":9007199254740993,"logprobs":true,"top_logprobs":3,
            "logit_bias":{"50256":-100},"presence_penalty":0.0,"frequency_penalty":-0,
            "response_format":{"type":"json_object"},"prediction":{"type":"content","content":"x"},
            "modalities":["text"],"audio":{"voice":"v","format":"wav"},"reasoning_effort":"low",
            "verbosity":"low","service_tier":"auto","store":false,"user":"u",
            "safety_identifier":"s","prompt_cache_key":"k","prompt_cache_retention":"24h",
            "web_search_options":{},"moderation":{},"top_k":40,"min_p":0.05,
            "guided_json":{"a":[1.50]},"chat_template_kwargs":{"enable_thinking":false},
            "extra_body":{"deep":[[{"x":"data: [DONE]\\n\\n"}]]}}\
            """;

    private static String forwarded(String body) throws BodyFaultException {
        var request = ChatRequestReader.read(body.getBytes(UTF_8));
        return new String(ByteSlice.join(new BodyPatch("up", true, false).apply(request)), UTF_8);
    }

    @Test
    void onlyTheModelChanges() throws BodyFaultException {
        assertThat(forwarded(EVERYTHING)).isEqualTo(EVERYTHING.replace("\"acme/chat\"", "\"up\""));
    }

    @Test
    void whatTheGatewayMustKnowIsFoundAmongIt() throws BodyFaultException {
        var request = ChatRequestReader.read(EVERYTHING.getBytes(UTF_8));

        assertThat(request.model()).isEqualTo("acme/chat");
        assertThat(request.choices()).isEqualTo(2);
        assertThat(request.maxTokens()).hasValue(0);
        assertThat(request.messageCount()).isEqualTo(7);
        assertThat(request.attachments()).isEqualTo(4);
    }

    @Test
    void aMegabyteOfTextPasses() throws BodyFaultException {
        var text = "x\\n\u00e9".repeat(256 << 10);
        var body =
                "{\"messages\":[{\"role\":\"user\",\"content\":\""
                        + text
                        + "\"}],\"model\":\"acme/chat\"}";

        assertThat(forwarded(body)).isEqualTo(body.replace("acme/chat", "up"));
    }
}
