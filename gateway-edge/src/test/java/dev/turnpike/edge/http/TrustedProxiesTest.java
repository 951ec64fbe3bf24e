package dev.turnpike.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrustedProxiesTest {
    private static final TrustedProxies PROXIES =
            TrustedProxies.parse(List.of("10.0.0.0/8", "2001:db8:1::/48", "127.0.0.1"))
                    .orElseThrow();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "203.0.113.9 | 198.51.100.1 | 203.0.113.9", // A stranger may say what he likes.
                "10.0.0.1 | 198.51.100.1 | 198.51.100.1",
                "10.0.0.1 | 198.51.100.1, 203.0.113.9 | 203.0.113.9", // The first is only said.
                "10.0.0.1 | 198.51.100.1, 10.0.0.7 | 198.51.100.1",
                "10.0.0.1 | 10.0.0.9 | 10.0.0.9", // From one of the proxies itself.
                "10.0.0.1 | '' | 10.0.0.1",
                "10.0.0.1 | unknown | 10.0.0.1",
                "10.0.0.1 | 198.51.100.1, evil | 10.0.0.1",
                "10.0.0.1 | 198.51.100.1, | 10.0.0.1",
                "10.0.0.1 | 198.51.100.1:4711 | 198.51.100.1",
                "2001:db8:1::5 | 2001:db8:2::6 | 2001:db8:2::6",
                "2001:db8:1::5 | [2001:db8:2::6]:443 | 2001:db8:2::6",
                "2001:db8:1::5 | [2001:db8:2::6 | 2001:db8:1::5",
                "10.0.0.1 | ::ffff:198.51.100.1 | 198.51.100.1",
                "127.0.0.1 | 198.51.100.1;10.0.0.1 | 127.0.0.1"
            })
    void aRequestComesFromTheNearestAddressThatIsNoProxys(
            String peer, String forwarded, String client) {
        assertThat(PROXIES.client(InetAddress.ofLiteral(peer), List.of(forwarded)))
                .isEqualTo(InetAddress.ofLiteral(client));
    }

    @Test
    void headersInSeveralLinesAreOneList() {
        var peer = InetAddress.ofLiteral("10.0.0.1");

        assertThat(PROXIES.client(peer, List.of("198.51.100.1", "203.0.113.9, 10.1.1.1")))
                .isEqualTo(InetAddress.ofLiteral("203.0.113.9"));
        assertThat(PROXIES.client(peer, List.of())).isEqualTo(peer);
    }

    @Test
    void onlySoManyEntriesAreLookedAt() {
        var hops = new String[100_000];
        Arrays.fill(hops, "10.0.0.2");
        hops[0] = "198.51.100.1";
        var peer = InetAddress.ofLiteral("10.0.0.1");

        assertThat(PROXIES.client(peer, List.of(String.join(",", hops))))
                .isEqualTo(InetAddress.ofLiteral("10.0.0.2"));
    }

    @Test
    void whoTrustsNobodyBelievesNothing() {
        var peer = InetAddress.ofLiteral("10.0.0.1");

        assertThat(TrustedProxies.NONE.client(peer, List.of("198.51.100.1"))).isEqualTo(peer);
        assertThat(TrustedProxies.parse(List.of("10.0.0.0/8", "proxy.example"))).isEmpty();
    }
}
