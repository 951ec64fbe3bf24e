package dev.turnpike.schemas.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {
    @ParameterizedTest
    @CsvSource({
        "10.1.0.0/16, 10.1.255.255, true",
        "10.1.0.0/16, 10.2.0.0, false",
        "10.1.0.0/15, 10.0.3.4, true",
        "0.0.0.0/0, 203.0.113.9, true",
        "192.0.2.7, 192.0.2.7, true",
        "192.0.2.7, 192.0.2.6, false",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
        "2001:db8::/32, 10.0.0.1, false"
    })
    void anAddressLiesInARangeByItsFirstBits(String range, String address, boolean inside) {
        assertThat(AddressRange.parse(range).orElseThrow().contains(InetAddress.ofLiteral(address)))
                .isEqualTo(inside);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, true", "10.0.0.1/8, false", "10.0.0.1, true", "0.0.0.0/0, true",
        "10.128.0.0/9, true", "10.64.0.0/9, false", "2001:db8::/32, true", "2001:db8::1/127, false"
    })
    void aBlockIsWrittenByItsFirstAddress(String range, boolean first) {
        assertThat(AddressRange.parse(range).orElseThrow().beginsBlock()).isEqualTo(first);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "example.com",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/x",
                "/8",
                "1.2.3",
                "1.2",
                "010.0.0.1",
                "10.0.0.01",
                "256.0.0.1",
                "0x7f.0.0.1",
                "2130706433",
                "10.0.0.0/08",
                "10.0.0.0/+8",
                "10.0.0.0/\u0668",
                "\u0661.2.3.4",
                "[::1]",
                "fe80::1%1",
                "::ffff:010.0.0.1",
                "10.0.0.0/",
                ":1.2.3.4"
            })
    void whatIsNoRangeIsNone(String text) {
        assertThat(AddressRange.parse(text)).isEmpty();
    }
}
