package dev.turnpike.schemas.avro;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;

/**
 * The rules that every released schema keeps: whatever one version wrote, every other version of
 * its subject can read (Confluent's FULL_TRANSITIVE); an id means one schema for ever; a released
 * file is never edited.
 */
final class SchemaHistory {
    private SchemaHistory() {}

    /**
     * One line of the registry with its file's content.
     *
     * @param id the number on the wire
     * @param version counts from 1 within the subject
     * @param file {@code <topic>.v<version>.avsc}
     */
    record Release(int id, String subject, int version, String file, String text) {
        /** What the list of released schemas says of this one. */
        Seal seal() {
            return new Seal(sha256(text), id, file);
        }
    }

    /** One line of the list of released schemas. */
    record Seal(String sha256, int id, String file) {
        static Seal parse(String line) {
            var words = line.split(" ", -1);
            return new Seal(words[0], Integer.parseInt(words[1]), words[2]);
        }

        @Override
        public String toString() {
            return sha256 + " " + id + " " + file;
        }
    }

    /** Everything that breaks a rule, one sentence each; empty when nothing does. */
    static List<String> faults(List<Release> releases, List<Seal> seals) {
        var faults = new ArrayList<String>();
        idsUsedTwice(releases, faults);
        brokenSeals(releases, seals, faults);
        releases.stream()
                .collect(Collectors.groupingBy(Release::subject, TreeMap::new, Collectors.toList()))
                .forEach((subject, versions) -> subjectFaults(subject, versions, faults));
        return faults;
    }

    private static void idsUsedTwice(List<Release> releases, List<String> faults) {
        releases.stream()
                .collect(Collectors.groupingBy(Release::id, TreeMap::new, Collectors.toList()))
                .forEach((id, users) -> {
                    if (users.size() > 1) {
                        faults.add("id " + id + " has " + users.size() + " schemas");
                    }
                });
    }

    private static void brokenSeals(List<Release> releases, List<Seal> seals, List<String> faults) {
        for (var seal : seals) {
            if (releases.stream().noneMatch(release -> release.seal().equals(seal))) {
                faults.add(
                        seal.file()
                                + " was released as id "
                                + seal.id()
                                + " and has since been edited, renumbered or removed; restore it"
                                + " and add a new version instead");
            }
        }
        for (var release : releases) {
            if (seals.stream().noneMatch(seal -> seal.file().equals(release.file()))) {
                faults.add("released.sha256 lacks the line: " + release.seal());
            }
        }
    }

    private static void subjectFaults(String subject, List<Release> releases, List<String> faults) {
        var versions = new TreeMap<Integer, Schema>();
        for (var release :
                releases.stream().sorted(Comparator.comparing(Release::version)).toList()) {
            var file = subject.replaceFirst("-value$", "") + ".v" + release.version() + ".avsc";
            if (!release.file().equals(file)) {
                faults.add(release.file() + " should be named " + file);
            }
            if (release.version() != versions.size() + 1) {
                faults.add(subject + " lacks version " + (versions.size() + 1));
            }
            try {
                var schema = new Schema.Parser().parse(release.text());
                versions.forEach((version, earlier) -> {
                    var pair = subject + " v" + release.version() + " and v" + version;
                    unreadable(schema, earlier, pair, faults);
                    unreadable(earlier, schema, pair, faults);
                });
                versions.put(release.version(), schema);
            } catch (AvroRuntimeException e) {
                faults.add(release.file() + " is not a schema: " + e.getMessage());
            }
        }
    }

    private static void unreadable(Schema reader, Schema writer, String pair, List<String> faults) {
        var result = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getResult();
        if (result.getCompatibility() != SchemaCompatibilityType.COMPATIBLE) {
            var reasons =
                    result.getIncompatibilities().stream()
                            .map(found -> found.getType() + " at " + found.getLocation())
                            .collect(Collectors.joining(", "));
            faults.add(pair + " cannot read each other: " + reasons);
        }
    }

    private static String sha256(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
