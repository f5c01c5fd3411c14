"""The library of the suite. A module belongs here once two services need it; none names a service."""
