package dev.turnpike.edge.wire;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns a client's body into the one an upstream gets. What is not named here stays byte for byte:
 * number spelling, unknown members, order and white space.
 *
 * @param targetModel the model's name at the upstream
 * @param usageInStream whether the upstream understands {@code stream_options.include_usage}; then
 *     it is set on streams, whatever the client said
 * @param otherOptions whether what else the client's {@code stream_options} say goes with it
 * @param forwardMetadata whether {@code metadata} goes to the upstream
 * @param previousResponse the upstream's identity of the response to be continued, if one is
 */
public record BodyPatch(
        String targetModel,
        boolean usageInStream,
        boolean otherOptions,
        boolean forwardMetadata,
        @Nullable String previousResponse) {
    private static final byte[] TRUE = ascii("true");
    private static final byte[] FALSE = ascii("false");
    private static final byte[] INCLUDE = ascii("\"include_usage\":true");
    private static final byte[] INCLUDE_MORE = ascii("\"include_usage\":true,");
    private static final byte[] OPTIONS = ascii("{\"include_usage\":true}");
    private static final byte[] OPTIONS_MEMBER =
            ascii(",\"stream_options\":{\"include_usage\":true}");

    /** For requests whose stream options are the client's own. */
    public BodyPatch(
            String targetModel,
            boolean usageInStream,
            boolean forwardMetadata,
            @Nullable String previousResponse) {
        this(targetModel, usageInStream, true, forwardMetadata, previousResponse);
    }

    /** For requests that continue nothing, either. */
    public BodyPatch(String targetModel, boolean usageInStream, boolean forwardMetadata) {
        this(targetModel, usageInStream, true, forwardMetadata, null);
    }

    /**
     * @return the upstream's body; the slices share the client's body
     */
    public List<ByteSlice> apply(ChatRequest request) {
        var scan = request.scan;
        var edits = new Edits();
        model(scan, edits);
        var previous = scan.previousMember;
        if (previous != null && previousResponse != null) {
            var value = previous.value();
            edits.replace(value.from(), value.to(), JsonText.quote(previousResponse));
        }
        var metadata = scan.metadataMember;
        boolean metadataGoes = metadata != null && !forwardMetadata;
        var options = scan.options;
        boolean asked = scan.stream && usageInStream && scan.chatOptions;
        boolean optionsGo = options != null && scan.chatOptions && !asked;
        if (asked) {
            includeUsage(scan, edits);
        }
        if (metadata != null && metadataGoes) {
            remove(metadata, optionsGo ? options : null, edits);
        }
        if (options != null && optionsGo) {
            remove(options, metadataGoes ? metadata : null, edits);
        }
        return edits.slices(request.body, request.document.from(), request.document.to());
    }

    private void model(ChatRequest.RequestScan scan, Edits edits) {
        var member = scan.modelMember;
        if (member != null) {
            var value = member.value();
            edits.replace(value.from(), value.to(), JsonText.quote(targetModel));
        } else { // The URL names it; the target reads the body.
            edits.insert(scan.open, ascii("\"model\":"));
            edits.insert(scan.open, JsonText.quote(targetModel));
            if (!scan.empty) {
                edits.insert(scan.open, ascii(","));
            }
        }
    }

    private void includeUsage(ChatRequest.RequestScan scan, Edits edits) {
        var options = scan.options;
        if (options == null) {
            if (scan.streamMember != null) {
                edits.insert(scan.streamMember.value().to(), OPTIONS_MEMBER);
            }
            return;
        }
        if (!scan.optionsAreObject || !otherOptions) {
            edits.replace(options.value().from(), options.value().to(), OPTIONS);
            return;
        }
        var include = scan.includeUsageValue;
        if (include == null) {
            edits.insert(options.value().from() + 1, scan.optionsAreEmpty ? INCLUDE : INCLUDE_MORE);
        } else if (!scan.includeUsage) {
            edits.replace(include.from(), include.to(), TRUE);
        }
        var continuous = scan.continuousUsageValue;
        if (continuous != null && !scan.includeUsage) {
            edits.replace(continuous.from(), continuous.to(), FALSE);
        }
    }

    /** Two members at the end of the object that both go must not leave a comma behind. */
    private static void remove(ObjectMember member, @Nullable ObjectMember other, Edits edits) {
        boolean together = other != null && member.keptBefore() == other.value().to();
        if (other != null && together && member.commaAfter() < 0) {
            edits.remove(other.keptBefore(), member.value().to());
        } else {
            member.removeFrom(edits);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
