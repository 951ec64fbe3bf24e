package dev.turnpike.edge.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsageReaderTest {
    /** Columns: usage, prompt, cached, written, completion, reasoning, suspect. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                // OpenAI chat
                "{\"prompt_tokens\":20,\"completion_tokens\":60,\"total_tokens\":80,"
                        + "\"prompt_tokens_details\":{\"cached_tokens\":5,\"cache_write_tokens\":2},"
                        + "\"completion_tokens_details\":{\"reasoning_tokens\":9}}"
                        + "|20|5|2|60|9|false",
                // OpenAI responses
                "{\"input_tokens\":20,\"output_tokens\":60,\"total_tokens\":80,"
                        + "\"input_tokens_details\":{\"cached_tokens\":5},"
                        + "\"output_tokens_details\":{\"reasoning_tokens\":9}}|20|5|0|60|9|false",
                // Embeddings
                "{\"prompt_tokens\":7,\"total_tokens\":7}|7|0|0|0|0|false",
                // Anthropic: input excludes what the cache gave and took
                "{\"input_tokens\":10,\"cache_creation_input_tokens\":3,"
                        + "\"cache_read_input_tokens\":4,\"output_tokens\":8}|17|4|3|8|0|false",
                // Proxies before Anthropic's models: one count of the cache, by both names
                "{\"prompt_tokens\":17,\"completion_tokens\":8,\"total_tokens\":25,"
                        + "\"prompt_tokens_details\":{\"cached_tokens\":4},"
                        + "\"cache_creation_input_tokens\":3,\"cache_read_input_tokens\":4}"
                        + "|17|4|3|8|0|false",
                // DeepSeek
                "{\"prompt_tokens\":9,\"completion_tokens\":1,\"total_tokens\":10,"
                        + "\"prompt_cache_hit_tokens\":6,\"prompt_cache_miss_tokens\":3}"
                        + "|9|6|0|1|0|false",
                // Moonshot
                "{\"prompt_tokens\":9,\"completion_tokens\":1,\"cached_tokens\":6}|9|6|0|1|0|false",
                // vLLM
                "{\"prompt_tokens\":9,\"completion_tokens\":null,\"prompt_tokens_details\":null}"
                        + "|9|0|0|0|0|false",
                // SGLang
                "{\"prompt_tokens\":9,\"completion_tokens\":5,\"reasoning_tokens\":2}"
                        + "|9|0|0|5|2|false",
                // Gemini: thinking only in the total
                "{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":40}"
                        + "|10|0|0|30|25|false",
                // A total that is too small is not believed
                "{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":3}|10|0|0|5|0|false",
                // Transcripts by tokens, images; what is no count is not looked at
                "{\"type\":\"tokens\",\"input_tokens\":14,\"input_token_details\":{\"text_tokens\":0,"
                        + "\"audio_tokens\":14},\"output_tokens\":45,\"total_tokens\":59}"
                        + "|14|0|0|45|0|false",
                "{\"input_tokens\":1,\"output_tokens\":2,\"service_tier\":\"standard\","
                        + "\"inference_geo\":\"us\",\"cache_read_input_tokens\":0}|1|0|0|2|0|false",
                // Zero is a value
                "{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0}|0|0|0|0|0|false",
                // Strings are read, nonsense is flagged
                "{\"prompt_tokens\":\"12\",\"completion_tokens\":\"3\"}|12|0|0|3|0|false",
                "{\"prompt_tokens\":-5,\"completion_tokens\":3}|0|0|0|3|0|true",
                "{\"prompt_tokens\":1.5,\"completion_tokens\":3}|0|0|0|3|0|true",
                "{\"prompt_tokens\":9223372036854775808,\"completion_tokens\":3}"
                        + "|1000000000|0|0|3|0|true",
                "{\"prompt_tokens\":\"many\",\"completion_tokens\":3}|0|0|0|3|0|true",
                "{\"prompt_tokens\":3,\"completion_tokens\":2,\"cached_tokens\":50}|3|3|0|2|0|true",
                "{\"prompt_tokens\":3,\"completion_tokens\":2,\"reasoning_tokens\":50}"
                        + "|3|0|0|2|2|true"
            })
    void everyShapeComesToOneMeaning(
            String json,
            long prompt,
            long cached,
            long written,
            long completion,
            long reasoning,
            boolean suspect) {
        assertThat(read(json))
                .contains(new RawUsage(prompt, cached, written, completion, reasoning, suspect));
    }

    @Test
    void aTotalAloneIsWhatWasRead() {
        assertThat(read("{\"total_tokens\":12}")).contains(new RawUsage(12, 0, 0, 0, 0, false));
    }

    @Test
    void anObjectWithoutCountsIsNoUsage() {
        assertThat(read("{}")).isEmpty();
        assertThat(read("{\"type\":\"duration\",\"seconds\":12.5}")).isEmpty();
        assertThat(read("null")).isEmpty();
        assertThat(read("{\"prompt_tokens\":null}")).isEmpty();
    }

    private static Optional<RawUsage> read(String json) {
        var bytes = json.getBytes(UTF_8);
        return UsageReader.read(bytes, 0, bytes.length);
    }
}
