package dev.turnpike.control.prices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.control.domain.Command.SetPrices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PriceFileTest {
    @TempDir private Path directory;

    @Test
    void pricesAreReadFromYamlWithExactRates() throws IOException {
        var prices =
                read("""
                prices:
                  - slug: acme/m
                    input: 0.15
                    cached_input: "0.075"
                    output: 0.6
                    valid_from: 2026-10-01
                  - provider: OPENAI
                    target_model: gpt-5
                    input: 1.25
                    output: 10
                """)
                        .prices();
        assertThat(prices).hasSize(2);
        assertThat(prices.getFirst().input().picoUsdPerToken()).isEqualTo(150_000);
        assertThat(prices.getFirst().validFrom()).hasToString("2026-10-01T00:00:00Z");
        assertThat(prices.getLast().targetModel()).isEqualTo("gpt-5");
    }

    @Test
    void jsonIsReadAsWell() throws IOException {
        var prices = read("{\"prices\":[{\"slug\":\"a/b\",\"input\":1,\"output\":\"2.5\"}]}");
        assertThat(prices.prices()).hasSize(1);
    }

    @Test
    void theSameMatchAndBeginKeepTheirIdWhenARateChanges() throws IOException {
        var one = read("prices: [{slug: a/b, input: 1, output: 2}]").prices().getFirst();
        var other = read("prices: [{slug: a/b, input: 9, output: 2}]").prices().getFirst();
        assertThat(other.id()).isEqualTo(one.id());
        assertThat(other).isNotEqualTo(one);
    }

    @Test
    void everyMistakeIsReportedAtOnce() {
        assertThatThrownBy(() ->
                        read(
                                """
                                prices:
                                  - {slug: nope, input: 1, output: 2}
                                  - {slug: a/b, output: -2, colour: red}
                                  - {provider: OPENAI, input: 1e9, output: 1}
                                  - {slug: a/c, input: 1, output: 1, valid_from: soon}
                                """))
                .isInstanceOf(InvalidPricesException.class)
                .message()
                .contains(
                        "prices[0].slug:",
                        "prices[1].input: is required",
                        "prices[1].output:",
                        "prices[1].colour: unknown field",
                        "prices[2].slug:",
                        "prices[2].input:",
                        "prices[3].valid_from:");
    }

    @Test
    void pricesOfOneMatchMustNotOverlap() {
        assertThatThrownBy(() ->
                        read(
                                """
                                prices:
                                  - {slug: a/b, input: 1, output: 2}
                                  - {slug: a/b, input: 1, output: 3, valid_from: 2026-01-01}
                                """))
                .hasMessageContaining("two prices are valid at 2026-01-01");
    }

    private SetPrices read(String text) throws IOException {
        return PriceFile.read(Files.writeString(directory.resolve("prices.yaml"), text));
    }
}
