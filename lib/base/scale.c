/* SPDX-License-Identifier: Apache-2.0 */
/* Steps of a device as brightness and percentage, and back. */
#include <math.h>

#include <hass/color.h>

static double steps(struct hass_scale scale)
{
    return scale.max - scale.min + 1;
}

/* The place of @value in @from, as a value in @to. */
static double convert(struct hass_scale from, struct hass_scale to, double value)
{
    return (value - (from.min - 1)) * steps(to) / steps(from) + (to.min - 1);
}

static const struct hass_scale brightness_scale = { 1, 255 };
static const struct hass_scale percentage_scale = { 1, 100 };

int hass_scale_to_brightness(struct hass_scale scale, double value)
{
    return (int)fmin(255, fmax(1, rint(convert(scale, brightness_scale, value))));
}

double hass_scale_from_brightness(struct hass_scale scale, int brightness)
{
    return convert(brightness_scale, scale, brightness);
}

int hass_scale_to_percentage(struct hass_scale scale, double value)
{
    return (int)floor((value - (scale.min - 1)) * 100 / steps(scale));
}

double hass_scale_from_percentage(struct hass_scale scale, double percentage)
{
    return convert(percentage_scale, scale, percentage);
}

size_t hass_scale_percentage_to_place(int percentage, size_t count)
{
    for (size_t place = 0; place + 1 < count; place++) {
        if (percentage <= (int)((place + 1) * 100 / count))
            return place;
    }
    return count ? count - 1 : 0;
}

int hass_scale_place_to_percentage(size_t place, size_t count)
{
    return count ? (int)((place + 1) * 100 / count) : 0;
}
