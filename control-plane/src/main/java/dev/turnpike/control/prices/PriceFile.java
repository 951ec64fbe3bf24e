package dev.turnpike.control.prices;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.turnpike.control.domain.Command.PriceTerms;
import dev.turnpike.control.domain.Command.SetPrices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads {@code prices: [{slug | provider + target_model, input, cached_input, cache_write, output,
 * reasoning, valid_from, valid_to}]} from YAML or JSON. Rates are US dollars per million tokens.
 */
public final class PriceFile {
    /** Largest file, in bytes. */
    public static final int BYTES_MAX = 8 << 20;

    private static final int DEPTH_MAX = 16;

    private PriceFile() {}

    /**
     * The command that makes the prices exactly those of {@code file}.
     *
     * @throws InvalidPricesException naming every mistake
     */
    public static SetPrices read(Path file) {
        var mistakes = new ArrayList<String>();
        var list = tree(file).path("prices");
        if (!list.isArray()) {
            throw new InvalidPricesException(file, List.of("prices: must be a list"));
        }
        var terms = new ArrayList<PriceTerms>();
        for (int i = 0; i < list.size(); i++) {
            PriceEntry.read(list.get(i), "prices[" + i + "]", mistakes).ifPresent(terms::add);
        }
        mistakes.addAll(PriceEntry.overlaps(terms));
        if (!mistakes.isEmpty()) {
            throw new InvalidPricesException(file, mistakes);
        }
        return new SetPrices(terms);
    }

    private static JsonNode tree(Path file) {
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw new InvalidPricesException(file, List.of("larger than " + BYTES_MAX));
            }
            var tree = mapper().readTree(Files.readAllBytes(file));
            for (var name : (Iterable<String>) tree::fieldNames) {
                if (!name.equals("prices")) {
                    throw new InvalidPricesException(file, List.of(name + ": unknown field"));
                }
            }
            return tree;
        } catch (IOException e) {
            throw new InvalidPricesException(file, List.of(String.valueOf(e.getMessage())));
        }
    }

    private static YAMLMapper mapper() {
        var constraints = StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build();
        var factory =
                YAMLFactory.builder()
                        .streamReadConstraints(constraints)
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .build();
        return YAMLMapper.builder(factory)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                .build();
    }
}
