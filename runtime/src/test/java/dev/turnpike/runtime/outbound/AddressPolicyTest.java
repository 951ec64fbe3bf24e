package dev.turnpike.runtime.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPolicyTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "10.1.2.3",
                "100.64.0.1",
                "100.127.255.255",
                "127.0.0.1",
                "127.9.9.9",
                "169.254.169.254",
                "169.254.0.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.1",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.7",
                "203.0.113.7",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::7f00:1",
                "64:ff9b::7f00:1",
                "64:ff9b:1::1",
                "::ffff:0:7f00:1",
                "::ffff:0:101:101",
                "::ffff:1:7f00:1",
                "64:ff9b:2::7f00:1",
                "ff::1",
                "100::1",
                "2001::1",
                "2001:1ff::1",
                "2001:db8::1",
                "2002:7f00:1::1",
                "3fff::1",
                "5f00::1",
                "fc00::1",
                "fd12::1",
                "fe80::1",
                "fec0::1",
                "ff02::1",
                "127.1",
                "2130706433",
                "168.63.129.16",
                "100.100.100.200"
            })
    void publicOnlyRefusesWhatIsNotPublic(String address) throws UnknownHostException {
        assertThat(AddressPolicy.publicOnly().refusal(InetAddress.getByName(address))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
                "172.15.255.255", "172.32.0.0", "192.0.1.1", "198.17.255.255", "198.20.0.0",
                "223.255.255.255", "2606:4700::1111", "2001:200::1", "2003::1", "fbff::1"
            })
    void bothPoliciesAllowPublicAddresses(String address) throws UnknownHostException {
        var ip = InetAddress.getByName(address);

        assertThat(AddressPolicy.publicOnly().refusal(ip)).isEmpty();
        assertThat(AddressPolicy.allowPrivate().refusal(ip)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.1.2.3",
                "100.64.0.1",
                "127.0.0.1",
                "172.16.0.1",
                "192.168.1.1",
                "::1",
                "fd12::1"
            })
    void allowPrivateOpensOwnNetworks(String address) throws UnknownHostException {
        assertThat(AddressPolicy.allowPrivate().refusal(InetAddress.getByName(address))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "169.254.169.254", "169.254.1.1", "fe80::1", "fd00:ec2::254", "100.100.100.200",
                "168.63.129.16", "0.0.0.0", "224.0.0.1", "64:ff9b::a9fe:a9fe", "::a9fe:a9fe",
                "::ffff:0:a9fe:a9fe", "::ffff:0:7f00:1"
            })
    void allowPrivateNeverOpensMetadataAndLinkLocal(String address) throws UnknownHostException {
        assertThat(AddressPolicy.allowPrivate().refusal(InetAddress.getByName(address)))
                .isPresent();
    }

    @Test
    void mappedAddressesAreJudgedByWhatTheyHold() throws UnknownHostException {
        var bytes = new byte[16];
        bytes[10] = (byte) 0xff;
        bytes[11] = (byte) 0xff;
        bytes[12] = (byte) 169;
        bytes[13] = (byte) 254;
        bytes[14] = (byte) 169;
        bytes[15] = (byte) 254;

        var mapped = Inet6Address.getByAddress("x", bytes, 1);

        assertThat(AddressPolicy.allowPrivate().refusal(mapped)).isPresent();
    }

    @Test
    void oneForbiddenAnswerRefusesTheHost() throws UnknownHostException {
        var answers = List.of(InetAddress.getByName("1.1.1.1"), InetAddress.getByName("127.0.0.1"));

        assertThatThrownBy(() ->
                        AddressPolicy.publicOnly().with(host -> answers).resolve("mixed.test"))
                .isInstanceOf(AddressRefusedException.class)
                .hasMessageContaining("loopback");
    }
}
