package dev.turnpike.edge.wire;

/**
 * Where a member of a JSON object stands, so that its value can be replaced or it can be taken out.
 *
 * @param from the name's opening quote
 * @param value the value's bytes
 * @param keptBefore end of the last value before it that stays, or of the opening brace
 * @param commaAfter index of the comma behind it, or -1 when it is the last
 */
record ObjectMember(int from, ByteRange value, int keptBefore, int commaAfter) {
    /** Takes the member and one comma out. */
    void removeFrom(Edits edits) {
        if (commaAfter >= 0) {
            edits.remove(from, commaAfter + 1);
        } else {
            edits.remove(keptBefore, value.to());
        }
    }
}
