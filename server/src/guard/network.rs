//! Where a connection comes from: its network, and the client that a trusted proxy speaks for.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::{HeaderMap, header};

/// A network by its first address and the number of bits that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    first: IpAddr,
    bits: u8,
}

/// Bits of an IPv4 address by which people are counted together.
const V4_BITS: u8 = 32;
/// Bits of an IPv6 address by which people are counted together: what one household has.
const V6_BITS: u8 = 64;

impl Network {
    fn new(address: IpAddr, bits: u8) -> Option<Self> {
        let first = match address {
            IpAddr::V4(v4) if bits <= 32 => {
                let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
                IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & mask))
            }
            IpAddr::V6(v6) if bits <= 128 => {
                let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
                IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & mask))
            }
            IpAddr::V4(_) | IpAddr::V6(_) => return None,
        };
        Some(Self { first, bits })
    }

    /// Reads `10.0.0.0/8`, or one address.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text
            .split_once('/')
            .map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.trim().parse().ok()?;
        let whole = if address.is_ipv4() { 32 } else { 128 };
        Self::new(address, bits.map_or(Some(whole), |bits| bits.trim().parse().ok())?)
    }

    fn holds(&self, address: IpAddr) -> bool {
        Self::new(address.to_canonical(), self.bits) == Some(*self)
    }
}

/// Whether one of the networks holds the address.
#[must_use]
pub fn is_in(networks: &[Network], address: IpAddr) -> bool {
    networks.iter().any(|network| network.holds(address))
}

/// The network by which an address is counted.
#[must_use]
pub fn network_of(address: IpAddr) -> Network {
    let address = address.to_canonical();
    let bits = if address.is_ipv4() { V4_BITS } else { V6_BITS };
    Network {
        ..Network::new(address, bits).unwrap_or(Network { first: address, bits })
    }
}

/// The client as the nearest proxy saw it: the last hop, because whatever stands before it was said by the client.
#[must_use]
pub fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = |name: header::HeaderName| -> Option<String> {
        let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
        Some(value.rsplit(',').next()?.trim().to_owned())
    };
    if let Some(hop) = last(header::FORWARDED) {
        let node = hop.split(';').find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            key.eq_ignore_ascii_case("for")
                .then(|| value.trim_matches('"').to_owned())
        });
        return node.as_deref().and_then(address);
    }
    last(header::HeaderName::from_static("x-forwarded-for"))
        .as_deref()
        .and_then(address)
}

/// Reads an address that may have a port, and brackets around it.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<std::net::SocketAddr>().ok().map(|both| both.ip());
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    bare.or_else(with_port)
        .or_else(bracketed)
        .map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_own_addresses_only() {
        let ten = Network::parse("10.0.0.0/8").expect("a network");
        assert!(is_in(&[ten], "10.200.3.4".parse().expect("an address")));
        assert!(!is_in(&[ten], "11.0.0.1".parse().expect("an address")));
        assert!(is_in(&[ten], "::ffff:10.1.1.1".parse().expect("an address")));
        assert_eq!(Network::parse("10.0.0.0/33"), None);
        assert_eq!(Network::parse("Milano"), None);
    }

    #[test]
    fn only_the_last_hop_counts() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "1.1.1.1, 203.0.113.9".parse().expect("a header"));
        assert_eq!(forwarded(&headers), "203.0.113.9".parse().ok());
        headers.insert(
            "forwarded",
            "for=1.1.1.1, for=\"[2001:db8::1]:443\";proto=https"
                .parse()
                .expect("a header"),
        );
        assert_eq!(forwarded(&headers), "2001:db8::1".parse().ok());
    }
}
