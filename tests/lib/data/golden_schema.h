/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A schema with every type and every property of a field, for golden folders and the fuzzer.
 */
#pragma once

#include <math.h>

#include <hass/schema.h>
#include <hass/template.h>

HASS_SCHEMA(golden_inner,
            HASS_FIELD("name", &hass_type_string, .required = true, .min = 1, .max = 20),
            HASS_FIELD("level", &hass_type_int, .min = 0, .max = 255, .fallback = "255"));

HASS_SCHEMA_WITH(golden_extra, (.extra = true), HASS_FIELD("known", &hass_type_int));

HASS_SCHEMA_WITH(golden_list, (.list = true), HASS_FIELD("a", &hass_type_int, .required = true));

static int golden_order(const json_t *value, struct hass_error *err)
{
    double low = hass_json_get_number(value, "low", 0),
           high = hass_json_get_number(value, "high", 0);

    return low <= high ? 0 : hass_fail(err, HASS_E_INVALID, "low is above high");
}

HASS_SCHEMA_WITH(golden_range, (.check = golden_order), HASS_FIELD("low", &hass_type_number),
                 HASS_FIELD("high", &hass_type_number));

HASS_SCHEMA(golden_options, HASS_FIELD("name", &hass_type_string),
            HASS_FIELD("initial", &hass_type_bool, .fallback = "false"));

static const struct hass_field golden_number = HASS_FIELD("", &hass_type_number);
static const struct hass_field golden_entry =
    HASS_FIELD("", &hass_type_map, .schema = &golden_options);

static const struct hass_schema golden_keyed = {
    .size = sizeof(struct hass_schema),
    .keyed = &golden_entry,
};

HASS_SCHEMA(
    golden_fields, HASS_FIELD("any", &hass_type_any), HASS_FIELD("string", &hass_type_string),
    HASS_FIELD("short", &hass_type_string, .min = 2, .max = 4), HASS_FIELD("int", &hass_type_int),
    HASS_FIELD("byte", &hass_type_int, .min = 0, .max = 255),
    HASS_FIELD("number", &hass_type_number),
    HASS_FIELD("positive", &hass_type_number, .min = 0, .max = INFINITY),
    HASS_FIELD("below", &hass_type_number, .min = -INFINITY, .max = 0.5),
    HASS_FIELD("bool", &hass_type_bool),
    HASS_FIELD("enum", &hass_type_enum, .words = HASS_WORDS("slow", "fast", "on"),
               .doc = "How fast"),
    HASS_FIELD("slug", &hass_type_slug), HASS_FIELD("entity_id", &hass_type_entity_id),
    HASS_FIELD("entity_ids", &hass_type_entity_ids), HASS_FIELD("service", &hass_type_service),
    HASS_FIELD("duration", &hass_type_duration, .fallback = "\"00:01:30\""),
    HASS_FIELD("time", &hass_type_time), HASS_FIELD("icon", &hass_type_icon),
    HASS_FIELD("path", &hass_type_path), HASS_FIELD("url", &hass_type_url),
    HASS_FIELD("template", &hass_type_template), HASS_FIELD("time_zone", &hass_type_time_zone),
    HASS_FIELD("map", &hass_type_map), HASS_FIELD("inner", &hass_type_map, .schema = &golden_inner),
    HASS_FIELD("extra", &hass_type_map, .schema = &golden_extra),
    HASS_FIELD("range", &hass_type_map, .schema = &golden_range),
    HASS_FIELD("items", &hass_type_map, .schema = &golden_list),
    HASS_FIELD("keyed", &hass_type_map, .schema = &golden_keyed),
    HASS_FIELD("numbers", &hass_type_map, .item = &golden_number),
    HASS_FIELD("ints", &hass_type_int, .list = true, .min = 0, .max = 9),
    HASS_FIELD("pair", &hass_type_entity_id, .list = true, .min = 1, .max = 2),
    HASS_FIELD("inners", &hass_type_map, .schema = &golden_inner, .list = true),
    HASS_FIELD("nullable", &hass_type_int, .nullable = true),
    HASS_FIELD("password", &hass_type_string, .secret = true, .min = 8, .max = 99),
    HASS_FIELD("old", &hass_type_int, .deprecated = true),
    HASS_FIELD("one", &hass_type_int, .exclusive = "number"),
    HASS_FIELD("other", &hass_type_int, .exclusive = "number"));

static const struct hass_field golden_root_field =
    HASS_FIELD("", &hass_type_map, .schema = &golden_fields);

/** A map from any slug to one set of fields, so that one golden folder can show many of them. */
static const struct hass_schema golden_root = {
    .size = sizeof(struct hass_schema),
    .keyed = &golden_root_field,
};
static const struct hass_schema *const golden_schema = &golden_root;
