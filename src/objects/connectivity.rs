//! Object 4, Connectivity Monitoring (LwM2M Core 1.1, Appendix E.5): the network that the device is
//! connected by.

use heapless::String;

use crate::objects::typed::{Multiple, Ranged};

crate::object! {
    /// Connectivity Monitoring, of which a device has one instance.
    ///
    /// The application sets the fields when the network tells it something new, and calls
    /// [`Client::changed`](crate::Client::changed) with `/4/0` or the resource's path.
    ///
    /// ```
    /// use client_lite::objects::connectivity::{Connectivity, bearer};
    ///
    /// let mut connectivity = Connectivity {
    ///     network_bearer: bearer::LTE_FDD,
    ///     available_bearers: [bearer::LTE_FDD, bearer::NB_IOT].into(),
    ///     signal_strength: -92,
    ///     ..Connectivity::default()
    /// };
    /// connectivity.ip_addresses.push("192.0.2.7".try_into().unwrap()).unwrap();
    /// connectivity.cell_id = Some(28_163_329);
    /// ```
    #[derive(Clone, Debug, Default)]
    pub struct Connectivity: 4, version (1, 2) {
        /// The network that is in use: one of [`bearer`].
        0: network_bearer: Bearer [R, mandatory],
        /// The networks that could be.
        1: available_bearers: Multiple<Bearer, 2> [R, mandatory],
        /// Of the network in use, in dBm.
        2: signal_strength: i32 [R, mandatory],
        /// In the units of the network in use: LQI, RxQual or RSRQ.
        3: link_quality: Option<i32> [R],
        /// The device's own addresses, as text.
        4: ip_addresses: Multiple<String<ADDRESS>, 2> [R, mandatory],
        /// The addresses of the next hop, as text.
        5: router_ip_addresses: Multiple<String<ADDRESS>, 2> [R],
        /// Of the link to the next hop, in percent.
        6: link_utilization: Option<Ranged<0, 100>> [R],
        /// The access point names of a cellular network.
        7: apn: Multiple<String<APN>, 1> [R],
        /// The serving cell, up to 28 bits.
        8: cell_id: Option<i32> [R],
        /// The serving network's mobile network code.
        9: mobile_network_code: Option<Ranged<0, 999>> [R],
        /// The serving network's mobile country code.
        10: mobile_country_code: Option<Ranged<0, 999>> [R],
        /// Signal to noise, in dB.
        11: signal_to_noise: Option<i32> [R],
        /// The location area code of a cellular network.
        12: location_area_code: Option<i32> [R],
    }
}

/// A kind of network: 0 to 20 cellular, 21 to 40 wireless, 41 to 50 wired.
pub type Bearer = Ranged<0, 50>;

/// The kinds of networks that have a number.
pub mod bearer {
    use super::Bearer;

    /// GSM.
    pub const GSM: Bearer = Bearer::saturating(0);
    /// TD-SCDMA.
    pub const TD_SCDMA: Bearer = Bearer::saturating(1);
    /// WCDMA.
    pub const WCDMA: Bearer = Bearer::saturating(2);
    /// CDMA2000.
    pub const CDMA2000: Bearer = Bearer::saturating(3);
    /// WiMAX.
    pub const WIMAX: Bearer = Bearer::saturating(4);
    /// LTE with time division; LTE-M has no number of its own.
    pub const LTE_TDD: Bearer = Bearer::saturating(5);
    /// LTE with frequency division; LTE-M has no number of its own.
    pub const LTE_FDD: Bearer = Bearer::saturating(6);
    /// NB-IoT.
    pub const NB_IOT: Bearer = Bearer::saturating(7);
    /// WLAN.
    pub const WLAN: Bearer = Bearer::saturating(21);
    /// Bluetooth.
    pub const BLUETOOTH: Bearer = Bearer::saturating(22);
    /// IEEE 802.15.4.
    pub const IEEE_802_15_4: Bearer = Bearer::saturating(23);
    /// Ethernet.
    pub const ETHERNET: Bearer = Bearer::saturating(41);
    /// DSL.
    pub const DSL: Bearer = Bearer::saturating(42);
    /// Power line.
    pub const PLC: Bearer = Bearer::saturating(43);
}

/// The longest IPv6 address as text.
const ADDRESS: usize = 39;

/// The longest access point name (3GPP TS 23.003, 9.1).
const APN: usize = 100;
