/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sirens: their tones, and what they are told.
 */
#include "siren/siren.h"
#include "support/cases.h"
#include "support/fake.h"

static struct hass_value sounding;
static const struct siren_tone *tones;

static struct hass_value is_on(struct hass_entity *entity)
{
    return sounding;
}

static const struct siren_tone *tones_of(struct hass_entity *entity)
{
    return tones;
}

static HASS_COROUTINE int on_loop(struct hass_entity *entity, const struct siren_turn *turn,
                                  struct hass_error *err)
{
    fake_tell("%s %s %g %d", turn->on ? "on" : "off", turn->tone ? turn->tone : "-",
              turn->volume.type == HASS_VALUE_DOUBLE ? turn->volume.number : -1,
              turn->duration.type == HASS_VALUE_INT ? (int)turn->duration.integer : -1);
    sounding = HASS_BOOL(turn->on);
    return 0;
}

static const struct siren_ops ops =
    SIREN_OPS(.is_on = is_on, .tones = tones_of, .async_turn = on_loop);

static const struct siren_tone plain[] = { { "ping", NULL }, { "dong", NULL }, { NULL, NULL } };
static const struct siren_tone named[] = { { "1", "fire" }, { "2", "burglar" }, { NULL, NULL } };
static const struct siren_tone none[] = { { NULL, NULL } };

#define ALL 31

static const struct {
    const struct siren_tone *tones;
    uint32_t features;
    const char *attributes;
} shows[] = {
    { plain, ALL, "{'available_tones':['ping','dong'],'supported_features':31}" },
    { named, ALL, "{'available_tones':{'1':'fire','2':'burglar'},'supported_features':31}" },
    { none, ALL, "{'available_tones':[],'supported_features':31}" },
    { NULL, ALL, "{'supported_features':31}" },
    { plain, 3, "{'supported_features':3}" },
};

START_TEST(it_shows_its_tones)
{
    hass__assert_loop();
    fake.description.supported_features = shows[_i].features;
    tones = shows[_i].tones;
    struct hass *hass = fake_home("siren", &ops);

    ck_assert_str_eq(fake_state(hass), "unknown");
    fake_check_attributes(hass, shows[_i].attributes);
}
END_TEST

#define REFUSED HASS_E_SERVICE_VALIDATION

static const struct {
    const struct siren_tone *tones;
    uint32_t features;
    const char *service, *data;
    int result;
    const char *told;
} asked[] = {
    { plain, ALL, "turn_on", "", 0, "on - -1 -1" },
    { plain, ALL, "turn_on", "'tone':'dong','volume_level':0.8,'duration':10", 0,
      "on dong 0.8 10" },
    { named, ALL, "turn_on", "'tone':'fire'", 0, "on 1 -1 -1" },
    { named, ALL, "turn_on", "'tone':2", 0, "on 2 -1 -1" },
    { plain, 3, "turn_on", "'tone':'dong','volume_level':0.8,'duration':10", 0, "on - -1 -1" },
    { plain, ALL, "turn_off", "", 0, "off - -1 -1" },
    { plain, ALL, "turn_on", "'tone':'zzz'", REFUSED, "" },
    { NULL, ALL, "turn_on", "'tone':'zzz'", REFUSED, "" },
    { plain, ALL, "turn_on", "'volume_level':1.1", HASS_E_INVALID, "" },
    { plain, ALL, "turn_on", "'duration':-1", HASS_E_INVALID, "" },
    { plain, ALL, "turn_off", "'duration':1", HASS_E_INVALID, "" },
    { plain, SIREN_TURN_OFF, "turn_on", "", HASS_E_UNSUPPORTED, "" },
    { plain, SIREN_TURN_ON, "turn_off", "", HASS_E_UNSUPPORTED, "" },
    { plain, SIREN_TURN_ON, "toggle", "", HASS_E_UNSUPPORTED, "" },
};

START_TEST(it_is_told_what_it_can)
{
    hass__assert_loop();
    fake.description.supported_features = asked[_i].features;
    tones = asked[_i].tones;
    struct hass *hass = fake_home("siren", &ops);

    ck_assert_int_eq(fake_call(hass, asked[_i].service, asked[_i].data, NULL), asked[_i].result);
    ck_assert_str_eq(fake.told, asked[_i].told);
}
END_TEST

START_TEST(it_is_toggled)
{
    hass__assert_loop();
    fake.description.supported_features = ALL;
    struct hass *hass = fake_home("siren", &ops);

    fake_call(hass, "toggle", "", NULL);
    ck_assert_str_eq(fake_state(hass), "on");
    fake_call(hass, "toggle", "", NULL);
    ck_assert_str_eq(fake_state(hass), "off");
}
END_TEST

START_TEST(demo_has_one)
{
    hass__assert_loop();
    struct hass *hass = test_home("demo:\n");

    ck_assert_int_eq(
        home_call(hass, "siren", "turn_on", "{'entity_id':'siren.attic','tone':'Fire'}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "siren.attic"), "on");
}
END_TEST

CASES_MAIN("siren", ROWS(it_shows_its_tones, shows), ROWS(it_is_told_what_it_can, asked),
           ONCE(it_is_toggled), ONCE(demo_has_one))
