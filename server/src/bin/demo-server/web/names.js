// Names and operations of the objects that Client Lite has ready made, as the OMA registry has them.

// A resource's name, and what can be done with it.
const READINGS = {
  5601: ["Min Measured Value", "R"],
  5602: ["Max Measured Value", "R"],
  5603: ["Min Range Value", "R"],
  5604: ["Max Range Value", "R"],
  5605: ["Reset Min and Max Measured Values", "E"],
  5700: ["Sensor Value", "R"],
  5701: ["Sensor Units", "R"],
  5702: ["X Value", "R"],
  5703: ["Y Value", "R"],
  5704: ["Z Value", "R"],
  5705: ["Compass Direction", "R"],
  5821: ["Current Calibration", "RW"],
};

const STATES = {
  5500: ["Digital Input State", "R"],
  5501: ["Digital Input Counter", "R"],
  5502: ["Digital Input Polarity", "RW"],
  5503: ["Digital Input Debounce", "RW"],
  5504: ["Digital Input Edge Selection", "RW"],
  5505: ["Digital Input Counter Reset", "E"],
  5852: ["On Time", "RW"],
  5854: ["Off Time", "RW"],
  5903: ["Busy to Clear Delay", "RW"],
  5904: ["Clear to Busy Delay", "RW"],
};

// Of any IPSO object.
const COMMON = {
  5518: ["Timestamp", "R"],
  5750: ["Application Type", "RW"],
  5751: ["Sensor Type", "R"],
  6042: ["Measurement Quality Indicator", "R"],
  6049: ["Measurement Quality Level", "R"],
  6050: ["Fractional Timestamp", "R"],
};

const LIGHT = {
  5701: ["Units", "R"],
  5706: ["Colour", "RW"],
  5805: ["Cumulative Active Power", "R"],
  5820: ["Power Factor", "R"],
  5850: ["On/Off", "RW"],
  5851: ["Dimmer", "RW"],
  5852: ["On Time", "RW"],
};

const PLACE = {
  5517: ["Velocity", "R"],
  5705: ["Compass Direction", "R"],
  6051: ["Latitude", "R"],
  6052: ["Longitude", "R"],
  6053: ["Uncertainty", "R"],
};

const OBJECTS = {
  1: ["LwM2M Server", {
    0: ["Short Server ID", "R"],
    1: ["Lifetime", "RW"],
    2: ["Default Minimum Period", "RW"],
    3: ["Default Maximum Period", "RW"],
    4: ["Disable", "E"],
    5: ["Disable Timeout", "RW"],
    6: ["Notification Storing", "RW"],
    7: ["Binding", "RW"],
    8: ["Registration Update Trigger", "E"],
    9: ["Bootstrap-Request Trigger", "E"],
    10: ["APN Link", "RW"],
    11: ["TLS-DTLS Alert Code", "R"],
    12: ["Last Bootstrapped", "R"],
    13: ["Registration Priority Order", "RW"],
    14: ["Initial Registration Delay Timer", "RW"],
    15: ["Registration Failure Block", "RW"],
    16: ["Bootstrap on Registration Failure", "RW"],
    17: ["Communication Retry Count", "RW"],
    18: ["Communication Retry Timer", "RW"],
    19: ["Communication Sequence Delay Timer", "RW"],
    20: ["Communication Sequence Retry Count", "RW"],
    21: ["Trigger", "RW"],
    22: ["Preferred Transport", "RW"],
    23: ["Mute Send", "RW"],
  }],
  2: ["Access Control", {
    0: ["Object ID", "R"],
    1: ["Object Instance ID", "R"],
    2: ["Access Control List", "RW"],
    3: ["Access Control Owner", "RW"],
  }],
  3: ["Device", {
    0: ["Manufacturer", "R"],
    1: ["Model Number", "R"],
    2: ["Serial Number", "R"],
    3: ["Firmware Version", "R"],
    4: ["Reboot", "E"],
    5: ["Factory Reset", "E"],
    6: ["Available Power Sources", "R"],
    7: ["Power Source Voltage", "R"],
    8: ["Power Source Current", "R"],
    9: ["Battery Level", "R"],
    10: ["Memory Free", "R"],
    11: ["Error Code", "R"],
    12: ["Reset Error Code", "E"],
    13: ["Current Time", "RW"],
    14: ["UTC Offset", "RW"],
    15: ["Timezone", "RW"],
    16: ["Supported Binding and Modes", "R"],
    17: ["Device Type", "R"],
    18: ["Hardware Version", "R"],
    19: ["Software Version", "R"],
    20: ["Battery Status", "R"],
    21: ["Memory Total", "R"],
    22: ["ExtDevInfo", "R"],
  }],
  4: ["Connectivity Monitoring", {
    0: ["Network Bearer", "R"],
    1: ["Available Network Bearer", "R"],
    2: ["Radio Signal Strength", "R"],
    3: ["Link Quality", "R"],
    4: ["IP Addresses", "R"],
    5: ["Router IP Addresses", "R"],
    6: ["Link Utilization", "R"],
    7: ["APN", "R"],
    8: ["Cell ID", "R"],
    9: ["SMNC", "R"],
    10: ["SMCC", "R"],
    11: ["Signal SNR", "R"],
    12: ["LAC", "R"],
  }],
  5: ["Firmware Update", {}],
  6: ["Location", {
    0: ["Latitude", "R"],
    1: ["Longitude", "R"],
    2: ["Altitude", "R"],
    3: ["Radius", "R"],
    4: ["Velocity", "R"],
    5: ["Timestamp", "R"],
    6: ["Speed", "R"],
  }],
  3200: ["Digital Input", STATES],
  3301: ["Illuminance", READINGS],
  3302: ["Presence", STATES],
  3303: ["Temperature", READINGS],
  3304: ["Humidity", READINGS],
  3311: ["Light Control", LIGHT],
  3313: ["Accelerometer", READINGS],
  3314: ["Magnetometer", READINGS],
  3315: ["Barometer", READINGS],
  3316: ["Voltage", READINGS],
  3323: ["Pressure", READINGS],
  3325: ["Concentration", READINGS],
  3330: ["Distance", READINGS],
  3336: ["Location", PLACE],
  3342: ["On/Off Switch", STATES],
  3347: ["Push Button", STATES],
};

export function objectName(object) {
  return OBJECTS[object]?.[0] ?? `Object ${object}`;
}

// Its name, and its operations where they are known.
export function resource(object, id) {
  const known = OBJECTS[object]?.[1][id] ?? (object >= 3200 ? COMMON[id] : undefined);
  const [name, operations] = known ?? [`Resource ${id}`, undefined];
  return { name, operations };
}
