package dev.turnpike.bench.rig;

import dev.turnpike.runtime.key.ApiKeyText;
import dev.turnpike.runtime.key.KeyHasher;
import dev.turnpike.runtime.secret.MasterKey;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.Resource;
import dev.turnpike.schemas.id.GroupId;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Many groups with many keys, in the control state of the rig: trees of a root and nine groups
 * below it, and as many keys for each.
 *
 * @param keysFile the keys themselves but for the spares, a line each
 * @param groupsFile the ids of the groups, a line each
 * @param firstGroup id of one of the groups
 * @param spares keys like the others that no load is sent with
 */
public record Population(Path keysFile, Path groupsFile, String firstGroup, List<Spare> spares) {
    private static final int TREE = 10;
    private static final long SEED = 20_261_121;

    /** One key of so many is a spare, up to {@link #SPARES_MAX}. */
    private static final int ONE_SPARE_IN = 10;

    private static final int SPARES_MAX = 1_000;

    /**
     * @param group id of its group
     */
    public record Spare(ApiKeyText key, String group) {}

    public Population {
        spares = List.copyOf(spares);
    }

    /** Writes them in transactions; returns when all are committed. */
    static Population write(
            ControlLog control, MasterKey masterKey, Path directory, int keys, int groups) {
        var keysFile = directory.resolve("keys");
        var groupsFile = directory.resolve("groups");
        control.writeAll(
                IntStream.range(0, groups).<Resource>mapToObj(Population::group).iterator());
        var hasher = KeyHasher.of(masterKey, 1);
        var random = new SplittableRandom(SEED); // Nobody attacks a bench on loopback.
        int shared = keys - Math.min(SPARES_MAX, keys / ONE_SPARE_IN);
        var spares = new ArrayList<Spare>();
        try (var file = Files.newBufferedWriter(keysFile, StandardCharsets.US_ASCII)) {
            control.writeAll(
                    IntStream.range(0, keys)
                            .<Resource>mapToObj(i -> {
                                var text = ApiKeyText.generate("tp", random);
                                int group = i % groups;
                                if (i < shared) {
                                    write(text, file);
                                } else {
                                    spares.add(new Spare(text, id(group).value()));
                                }
                                return Publication.key(text, id(group), id(root(group)), hasher);
                            })
                            .iterator());
            Files.write(
                    groupsFile, IntStream.range(0, groups).mapToObj(i -> id(i).value()).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Population(keysFile, groupsFile, id(0).value(), spares);
    }

    private static void write(ApiKeyText text, BufferedWriter file) {
        try {
            file.write(text.whole());
            file.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Group group(int number) {
        int root = root(number);
        return Publication.group(
                id(number), "customer-" + number, root == number ? null : id(root));
    }

    private static int root(int number) {
        return number - number % TREE;
    }

    private static GroupId id(int number) {
        return GroupId.ofUlid("01JE%022d".formatted(number));
    }
}
