"""What can go wrong with devices.

SatelliteError
├── Interrupted          someone spoke over what was being played
└── SoundDeviceMissing   there is no microphone or speaker that can be used, or what plays them is not installed
"""

from __future__ import annotations


class SatelliteError(Exception):
    """Root of this package's errors."""


class Interrupted(SatelliteError):
    pass


class SoundDeviceMissing(SatelliteError):
    pass
