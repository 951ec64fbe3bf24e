package dev.turnpike.edge.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MediaTypeTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "audio/mpeg | audio/mpeg | audio/mpeg",
                "Audio/MPEG; vendor=x | audio/mpeg | audio/mpeg",
                "text/vtt; charset=UTF-8 | text/vtt | text/vtt; charset=utf-8",
                "text/plain; vendor=x; charset=\"utf-8\" | text/plain | text/plain; charset=utf-8",
                "text/plain; charset=vendor | text/plain | text/plain",
                "'' | '' | application/octet-stream",
                "nonsense | '' | application/octet-stream",
                "a/b/c | '' | application/octet-stream"
            })
    void onlyTheTypeAndItsCharactersAreShown(String given, String name, String shown) {
        assertThat(MediaType.of(given).name()).isEqualTo(name);
        assertThat(MediaType.of(given).shown()).isEqualTo(shown);
    }
}
