"""What can go wrong with devices.

SatelliteError
├── Interrupted          someone spoke over what was being played
├── SatelliteAway        the device cannot be reached, or no longer
│   └── SatelliteBusy    it is there, and another host has taken it
└── SoundDeviceMissing   there is no microphone or speaker that can be used, or what plays them is not installed
"""

from __future__ import annotations


class SatelliteError(Exception):
    """Root of this package's errors."""


class Interrupted(SatelliteError):
    pass


class SatelliteAway(SatelliteError):
    pass


class SatelliteBusy(SatelliteAway):
    pass


class SoundDeviceMissing(SatelliteError):
    pass
