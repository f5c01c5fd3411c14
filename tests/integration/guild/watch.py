"""A further process: counts its starts."""

from wsis_shared import mongo


def run(stop):
    mongo.database("guild")["starts"].insert_one({"what": "watch"})
    stop.wait()
