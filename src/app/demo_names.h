// SPDX-License-Identifier: Apache-2.0
// Names of the demo's customers and products.
#ifndef MILLRACE_APP_DEMO_NAMES_H
#define MILLRACE_APP_DEMO_NAMES_H

typedef struct DemoCustomer {
    const char *name;
    const char *city;
    const char *country;
    const char *industry;
} DemoCustomer;

typedef struct DemoProduct {
    const char *sku;
    const char *name;
    const char *family;
    int price; // whole euros
} DemoProduct;

#define DEMO_CUSTOMERS 50
#define DEMO_PRODUCTS 30
extern const DemoCustomer demo_customers[DEMO_CUSTOMERS];
extern const DemoProduct demo_products[DEMO_PRODUCTS];

#endif
