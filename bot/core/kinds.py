"""The closed vocabularies of the trade, by CONTRACT.md; the codes are what the database and `classify` show."""

from enum import StrEnum


class Category(StrEnum):
    """What is broken (分类)."""

    ELEVATOR_ENTRAPMENT = "elevator_entrapment"
    ELEVATOR_FAULT = "elevator_fault"
    LEAK = "leak"
    DRAINAGE = "drainage"
    WATER_SUPPLY = "water_supply"
    POWER_OUTAGE = "power_outage"
    ELECTRICAL = "electrical"
    LIGHTING = "lighting"
    GAS_LEAK = "gas_leak"
    FIRE = "fire"
    FIRE_EQUIPMENT = "fire_equipment"
    ACCESS_CONTROL = "access_control"
    NETWORK_CCTV = "network_cctv"
    HVAC = "hvac"
    PLUMBING_FIXTURE = "plumbing_fixture"
    DOORS_WINDOWS = "doors_windows"
    CIVIL = "civil"
    PUBLIC_FACILITY = "public_facility"
    FURNITURE_APPLIANCE = "furniture_appliance"
    ENVIRONMENT = "environment"
    OTHER = "other"


class Priority(StrEnum):
    """How fast it must go (分级)."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    NORMAL = "normal"

    @property
    def rank(self) -> int:
        """0 for the most pressing, for sorting."""
        return _RANK[self]


_RANK = {Priority.EMERGENCY: 0, Priority.URGENT: 1, Priority.NORMAL: 2}


class Intent(StrEnum):
    """What a message wants."""

    REPORT = "report"
    SUPPLEMENT = "supplement"
    STATUS = "status"
    URGE = "urge"
    CANCEL = "cancel"
    CONFIRM = "confirm"
    NOT_FIXED = "not_fixed"
    RATE = "rate"
    THANKS = "thanks"
    GREETING = "greeting"
    INQUIRY = "inquiry"
    COMPLAINT = "complaint"
    OTHER = "other"

    @property
    def is_about_an_order(self) -> bool:
        """True for what can only be said of an order that is open."""
        return self in (Intent.SUPPLEMENT, Intent.STATUS, Intent.URGE)


class Role(StrEnum):
    """Who somebody is to the property (角色)."""

    RESIDENT = "resident"
    SERVICE = "service"
    ENGINEER = "engineer"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    ADMIN = "admin"


class Skill(StrEnum):
    """What trade somebody has (技能)."""

    PLUMBING = "plumbing"
    ELECTRICAL = "electrical"
    ELEVATOR = "elevator"
    HVAC = "hvac"
    LOW_VOLTAGE = "low_voltage"
    CIVIL = "civil"
    FIRE = "fire"
    GENERAL = "general"
